/// What a pack declares for people: objectives, rules, alerts and boards.
package struct KitDescription: Sendable, Equatable {
    package internal(set) var objectives: [Objective] = []
    package internal(set) var rules: [RuleDescription] = []
    package internal(set) var alerts: [AlertDescription] = []
    package internal(set) var boards: [BoardDescription] = []
    /// Series that are no pack's, by name, with their labels.
    package internal(set) var external: [String: Set<String>] = [:]

    /// Whether it declares nothing.
    var isEmpty: Bool { objectives.isEmpty && rules.isEmpty && alerts.isEmpty && boards.isEmpty }
}

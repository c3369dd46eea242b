/// The objectives, rules, alerts and boards of all packs in force, joined and checked against each other.
package struct KitCatalog: Sendable {
    /// A board as all packs together make it.
    package struct Board: Sendable, Equatable {
        package let name: String
        package let head: BoardDescription.Head
        /// Of its head.
        package let place: PackPlace
        package internal(set) var variables: [BoardDescription.Variable] = []
        package internal(set) var annotations: [BoardDescription.Annotation] = []
        /// In the order in which they are shown; rows of one title are one row.
        package internal(set) var rows: [BoardDescription.Row] = []
    }

    /// What is evaluated together: the rules or alerts of one pack.
    package struct Group<Rule: Sendable>: Sendable {
        package let pack: String
        package let rules: [Rule]

        package init(pack: String, rules: [Rule]) {
            self.pack = pack
            self.rules = rules
        }
    }

    /// By name.
    package internal(set) var objectives: [Objective] = []
    package internal(set) var rules: [Group<RuleDescription>] = []
    package internal(set) var alerts: [Group<AlertDescription>] = []
    /// Series from elsewhere by name, with their labels.
    package internal(set) var external: [String: Set<String>] = [:]
    /// By name; those without a panel are left out.
    package internal(set) var boards: [Board] = []

    /// The objective of that name.
    package func objective(_ name: String) -> Objective? { objectives.first { $0.name == name } }
}

/// A target that the configuration sets in place of a pack's.
package struct ObjectiveTarget: Sendable, Equatable {
    package let objective: String
    package let bound: String
    package let value: Double
    /// Where it is set, for messages.
    package let place: PackPlace

    package init(objective: String, bound: String, value: Double, place: PackPlace) {
        self.objective = objective
        self.bound = bound
        self.value = value
        self.place = place
    }
}

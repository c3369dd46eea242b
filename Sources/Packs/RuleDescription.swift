/// A recording rule of a pack.
package struct RuleDescription: Sendable, Equatable {
    package let record: String
    /// With `$scope` and `$objective(…)` still in it.
    package let expression: String
    package let labels: [String: String]
    /// How often it is evaluated; nil for Prometheus' own interval. Rules of one pack and interval are one group.
    package let interval: String?
    /// Checks that need not hold here, with the reasons.
    package let excuses: [String: String]
    package let place: PackPlace
}

/// What the configuration says of one experiment.
package struct ExperimentSetting: Sendable, Equatable {
    /// As `experiment.id` has it.
    package let name: String
    /// By variant: how much of the cases it is meant to get, in proportion to the others; above 0, finite, two at
    /// least.
    package let shares: [String: Double]

    package init(name: String, shares: [String: Double]) {
        self.name = name
        self.shares = shares
    }
}

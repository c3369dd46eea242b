/// One entry below `objectives`, with its place for the messages of those who check it.
package struct ObjectiveSetting: Sendable, Equatable {
    /// The objective's name.
    package let objective: String

    /// Which of its numbers: `target`.
    package let bound: String

    /// What was written; finite.
    package let value: Double

    /// Where it was written.
    package let origin: ValueOrigin

    /// Describes a target.
    package init(objective: String, bound: String, value: Double, origin: ValueOrigin) {
        self.objective = objective
        self.bound = bound
        self.value = value
        self.origin = origin
    }
}

/// A figure of several versions, the newest weighing most.
///
/// Source: Kowalczyk et al., "Modeling and ranking flaky tests at Apple", ICSE-SEIP 2020.
package struct WeightedScore: BitwiseCopyable, Sendable {
    /// What a version loses to the next one: λ, as in the source's example.
    package static let decay = 0.1

    private var sum = 0.0
    private var weight = 0.0

    /// Of no versions.
    package init() {}

    /// Of the figures of versions, oldest first.
    package init(_ figures: some Sequence<Double>) {
        for figure in figures { add(figure) }
    }

    /// Adds the figure of the next version.
    package mutating func add(_ figure: Double) {
        sum = figure + (1 - Self.decay) * sum
        weight = 1 + (1 - Self.decay) * weight
    }

    /// Z_t / Σ_{i<t}(1−λ)^i with Z_t = f(v_t) + (1−λ) Z_{t−1}; nil without versions.
    package var value: Double? { weight > 0 ? sum / weight : nil }
}

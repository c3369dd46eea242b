/// How often a test changes between pass and failure.
///
/// Source: Kowalczyk et al., "Modeling and ranking flaky tests at Apple", ICSE-SEIP 2020.
package struct FlipRate: BitwiseCopyable, Sendable {
    /// Changes from one result to the next.
    package private(set) var flipCount = 0

    /// Results.
    package private(set) var count = 0

    private var wasBad = false

    /// Of no results.
    package init() {}

    /// Of results in their order; true is a failure.
    package init(_ failures: some Sequence<Bool>) {
        for isBad in failures { add(isBad) }
    }

    /// Adds the next result.
    package mutating func add(_ isBad: Bool) {
        if count > 0, isBad != wasBad { flipCount += 1 }
        wasBad = isBad
        count += 1
    }

    /// |{i: x_i ≠ x_{i+1}}| / max(1, n − 1); 0 for less than two results.
    package var value: Double { Double(flipCount) / Double(max(1, count - 1)) }
}

/// How many of so many passed.
package struct PassCount: BitwiseCopyable, Sendable, Equatable {
    package var passed: Int
    package var total: Int

    /// - Precondition: 0 ≤ `passed` ≤ `total`.
    package init(_ passed: Int, of total: Int) {
        precondition(passed >= 0 && passed <= total, "not more pass than there are")
        self.passed = passed
        self.total = total
    }

    /// NaN of none.
    package var ratio: Double { Double(passed) / Double(total) }
    package var failed: Int { total - passed }
    /// The variance of the ratio, each one on its own; NaN of none.
    package var variance: Double { ratio * (1 - ratio) / Double(total) }
}

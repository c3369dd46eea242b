/// McNemar's test of pairs: of those whose halves went differently.
package struct McNemarTest: BitwiseCopyable, Sendable {
    /// Pairs of which only the first half passed.
    package let onlyFirst: Int
    /// Pairs of which only the second half passed.
    package let onlySecond: Int

    /// - Precondition: neither is negative.
    package init(onlyFirst: Int, onlySecond: Int) {
        precondition(onlyFirst >= 0 && onlySecond >= 0, "counts")
        self.onlyFirst = onlyFirst
        self.onlySecond = onlySecond
    }

    /// The exact two-sided p value: twice the smaller tail of a fair coin; 1 without pairs that differ.
    ///
    /// - Complexity: O(pairs that differ).
    package var exactPValue: Double {
        let count = onlyFirst + onlySecond
        let tail = min(onlyFirst, onlySecond)
        guard count > 0, 2 * tail < count else { return 1 }
        // From the middle outwards: P(k − 1) = P(k) k / (n − k + 1).
        var (weight, low, total) = (1.0, 0.0, 0.0)
        for k in stride(from: count / 2, through: 0, by: -1) {
            if k <= tail { low += weight }
            // Both sides, the middle once.
            total += 2 * k == count ? weight : 2 * weight
            weight *= Double(k) / Double(count - k + 1)
        }
        return min(1, 2 * low / total)
    }

    /// The p value of χ² = (|b − c| − 1)² / (b + c), with Edwards' correction for continuity; 1 without pairs that
    /// differ.
    package var correctedPValue: Double {
        let count = Double(onlyFirst + onlySecond)
        guard count > 0 else { return 1 }
        let excess = max(0, Double(abs(onlyFirst - onlySecond)) - 1)
        return ChiSquare.upperTail(excess * excess / count, freedom: 1)
    }
}

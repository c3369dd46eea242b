/// Fisher's exact test of a table of two by two.
package enum FisherTest {
    /// Terms this much smaller than the largest one no longer add up to anything.
    private static let negligible = 1e-22
    /// Terms that are equal on paper may differ by so much.
    private static let slack = 1 + 1e-7

    /// The two-sided p value: the probability of all tables with the same sums that are as unlikely as this one, or
    /// more so.
    ///
    /// Terms follow from their neighbours, from the likeliest outwards, so that nothing overflows and no factorial
    /// is needed.
    /// - Complexity: O(standard deviation of the hypergeometric distribution).
    package static func pValue(_ first: PassCount, _ second: PassCount) -> Double {
        let passed = first.passed + second.passed
        let range = max(0, passed - second.total)...min(first.total, passed)
        guard range.count > 1 else { return 1 }
        let mode = (first.total + 1) * (passed + 1) / (first.total + second.total + 2)
        let start = min(max(mode, range.lowerBound), range.upperBound)
        /// P(k + 1) / P(k).
        func ratio(_ k: Int) -> Double {
            Double(first.total - k) * Double(passed - k)
                / (Double(k + 1) * Double(second.total - passed + k + 1))
        }
        var terms: [(k: Int, weight: Double)] = [(start, 1)]
        var weight = 1.0
        for k in stride(from: start, to: range.upperBound, by: 1) {
            weight *= ratio(k)
            terms.append((k + 1, weight))
            if weight < negligible, k + 1 > first.passed { break }
        }
        weight = 1
        for k in stride(from: start - 1, through: range.lowerBound, by: -1) {
            weight /= ratio(k)
            terms.append((k, weight))
            if weight < negligible, k < first.passed { break }
        }
        guard let own = terms.first(where: { $0.k == first.passed })?.weight else { return 0 }
        // Small ones first: the sum of many small ones may be all there is.
        let sorted = terms.map(\.weight).sorted()
        let unlikely = sorted.prefix { $0 <= own * slack }.reduce(0, +)
        return min(1, unlikely / sorted.reduce(0, +))
    }
}

/// Whether arms got the shares of cases that they were meant to get.
package enum SampleRatio {
    /// Below this nobody believes in chance: the split itself is broken.
    package static let alertPValue = 0.001

    /// The p value of χ² of counts against shares; nil for fewer than two arms, or none of anything.
    ///
    /// - Parameter shares: in proportion to each other, not negative, as many as counts; nil for equal ones. Who was
    ///   to get nothing and got something makes it 0.
    package static func pValue(_ counts: [Int], shares: [Double]? = nil) -> Double? {
        let total = counts.reduce(0, +)
        guard counts.count > 1, total > 0 else { return nil }
        let shares = shares ?? [Double](repeating: 1, count: counts.count)
        let whole = shares.reduce(0, +)
        var chiSquare = 0.0
        for (count, share) in zip(counts, shares) {
            let expected = Double(total) * share / whole
            if expected > 0 {
                chiSquare += (Double(count) - expected) * (Double(count) - expected) / expected
            } else if count > 0 {
                return 0
            }
        }
        return ChiSquare.upperTail(chiSquare, freedom: counts.count - 1)
    }
}

/// Whether arms got the shares of cases that they were meant to get.
package enum SampleRatio {
    /// Below this nobody believes in chance: the split itself is broken.
    package static let alertPValue = 0.001

    /// The p value of χ² of counts against equal shares; nil for fewer than two arms, or none of anything.
    package static func pValue(_ counts: [Int]) -> Double? {
        let total = counts.reduce(0, +)
        guard counts.count > 1, total > 0 else { return nil }
        let expected = Double(total) / Double(counts.count)
        let chiSquare = counts.reduce(0.0) {
            $0 + (Double($1) - expected) * (Double($1) - expected) / expected
        }
        return ChiSquare.upperTail(chiSquare, freedom: counts.count - 1)
    }
}

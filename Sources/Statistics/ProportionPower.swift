/// What the two-sided test of two proportions can see, with one variance where nothing differs and two where
/// something does.
package struct ProportionPower: BitwiseCopyable, Sendable {
    package let firstCount: Double
    package let secondCount: Double
    package let alpha: Double

    package init(_ firstCount: Int, _ secondCount: Int, alpha: Double = 0.05) {
        self.firstCount = Double(firstCount)
        self.secondCount = Double(secondCount)
        self.alpha = alpha
    }

    /// The chance that the test says that `first` and `second` differ.
    package func power(_ first: Double, _ second: Double) -> Double {
        guard firstCount > 0, secondCount > 0 else { return 0 }
        let p = (first * firstCount + second * secondCount) / (firstCount + secondCount)
        let alike = (p * (1 - p) * (1 / firstCount + 1 / secondCount)).squareRoot()
        let apart = (first * (1 - first) / firstCount + second * (1 - second) / secondCount).squareRoot()
        let difference = abs(second - first)
        let bound = Normal.point(upperTail: alpha / 2) * alike
        guard apart > 0 else { return difference > bound ? 1 : 0 }
        return Normal.upperTail((bound - difference) / apart) + Normal.upperTail((bound + difference) / apart)
    }

    /// The smallest difference, to either side of `ratio`, that the test sees with `power`, as far as the variance
    /// is that of `ratio`: (z(α/2) + z(1 − power)) √(p(1 − p)(1/n + 1/m)); nil without results.
    package func smallestDifference(from ratio: Double, power: Double = 0.8) -> Double? {
        guard firstCount > 0, secondCount > 0 else { return nil }
        let points = Normal.point(upperTail: alpha / 2) + Normal.point(upperTail: 1 - power)
        return points * (ratio * (1 - ratio) * (1 / firstCount + 1 / secondCount)).squareRoot()
    }

    /// How many each arm needs to see that `first` and `second` differ with `power`, at a level of 5 %:
    /// ((z(α/2) √(2p̄(1 − p̄)) + z(1 − power) √(p(1 − p) + q(1 − q))) / (q − p))², rounded up.
    ///
    /// - Precondition: they differ.
    package static func count(_ first: Double, _ second: Double, alpha: Double = 0.05, power: Double = 0.8)
        -> Int
    {
        precondition(first != second, "a difference to be seen")
        let mean = (first + second) / 2
        let alike = (2 * mean * (1 - mean)).squareRoot()
        let apart = (first * (1 - first) + second * (1 - second)).squareRoot()
        let reach =
            Normal.point(upperTail: alpha / 2) * alike + Normal.point(upperTail: 1 - power) * apart
        return Int((reach * reach / ((second - first) * (second - first))).rounded(.up))
    }
}

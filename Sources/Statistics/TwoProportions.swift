/// Two independent proportions against each other: by how much the second is above the first.
package struct TwoProportions: BitwiseCopyable, Sendable {
    package let first: PassCount
    package let second: PassCount

    /// Nil where one of them is of nothing.
    package init?(_ first: PassCount, _ second: PassCount) {
        guard first.total > 0, second.total > 0 else { return nil }
        self.first = first
        self.second = second
    }

    package var difference: Double { second.ratio - first.ratio }

    /// The standard error of the difference, with a variance for each.
    package var standardError: Double { (first.variance + second.variance).squareRoot() }

    /// The difference over its standard error where both are the same, so with one variance; 0 where all passed or
    /// all failed.
    package var z: Double {
        let total = Double(first.total + second.total)
        let p = Double(first.passed + second.passed) / total
        let error = (p * (1 - p) * (1 / Double(first.total) + 1 / Double(second.total))).squareRoot()
        return error > 0 ? difference / error : 0
    }

    /// The two-sided p value of `z`. For one look only; see `SequentialTest`.
    package var pValue: Double { Normal.twoSided(z) }

    /// Newcombe's interval of the difference at 95 %: Wilson's bounds of both, put together.
    ///
    /// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions", method 10,
    /// Statistics in Medicine 17 (1998).
    package var interval: (low: Double, high: Double) {
        guard let a = Wilson.interval(first.passed, of: first.total),
            let b = Wilson.interval(second.passed, of: second.total)
        else { return (-1, 1) }
        let (p, q) = (first.ratio, second.ratio)
        let below = ((q - b.low) * (q - b.low) + (a.high - p) * (a.high - p)).squareRoot()
        let above = ((b.high - q) * (b.high - q) + (p - a.low) * (p - a.low)).squareRoot()
        return (difference - below, difference + above)
    }
}

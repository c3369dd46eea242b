/// Wilson's interval for a proportion at 95 %.
///
/// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
package enum Wilson {
    /// The 97.5 % point of the normal distribution.
    private static let z = 1.959_963_984_540_054

    /// Lower and upper bound for `count` of `total`: centre (p + z²/2n)/(1 + z²/n), half
    /// z√(p(1−p)/n + z²/4n²)/(1 + z²/n); nil for nothing of nothing.
    package static func interval(_ count: Int, of total: Int) -> (low: Double, high: Double)? {
        guard total > 0, count >= 0, count <= total else { return nil }
        let n = Double(total)
        let p = Double(count) / n
        let scale = 1 + z * z / n
        let centre = (p + z * z / (2 * n)) / scale
        let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / scale
        // At the ends both terms are equal but for rounding.
        return (count == 0 ? 0 : centre - half, count == total ? 1 : centre + half)
    }
}

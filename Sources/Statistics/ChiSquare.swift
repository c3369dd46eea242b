private import Foundation

/// The chi-square distribution of few degrees of freedom.
package enum ChiSquare {
    /// The probability of a value above `value`.
    ///
    /// The finite sums of whole and half arguments: Q(a + 1, x) = Q(a, x) + xᵃ e⁻ˣ / Γ(a + 1), from Q(1, x) = e⁻ˣ or
    /// Q(½, x) = erfc √x.
    /// - Complexity: O(`freedom`).
    package static func upperTail(_ value: Double, freedom: Int) -> Double {
        guard value > 0, freedom > 0 else { return 1 }
        let x = value / 2
        let isOdd = !freedom.isMultiple(of: 2)
        var a = isOdd ? 0.5 : 1
        var tail = isOdd ? erfc(x.squareRoot()) : exp(-x)
        while a < Double(freedom) / 2 {
            tail += exp(a * log(x) - x - lgamma(a + 1))
            a += 1
        }
        return min(1, tail)
    }
}

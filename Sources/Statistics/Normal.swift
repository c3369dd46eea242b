private import Foundation

/// The standard normal distribution.
package enum Normal {
    /// The probability of a value above `z`.
    package static func upperTail(_ z: Double) -> Double { erfc(z / 2.squareRoot()) / 2 }

    /// The probability of a value as far from 0 as `z`, on either side.
    package static func twoSided(_ z: Double) -> Double { erfc(abs(z) / 2.squareRoot()) }

    /// The value that is exceeded with `probability`; infinite for 0 and 1.
    ///
    /// Halley's iteration over `erfc`: quadratic and better from a start that is right to a few per cent, so that
    /// it ends at the precision of `erfc` itself.
    package static func point(upperTail probability: Double) -> Double {
        guard probability > 0 else { return .infinity }
        guard probability < 1 else { return -.infinity }
        if probability > 0.5 { return -point(upperTail: 1 - probability) }
        // Tail ≈ exp(−z²/2) / (z √2π), turned around; 0 in the middle.
        let log = -2 * Foundation.log(probability)
        var z = max(0, log - Foundation.log(max(1, 2 * .pi * log))).squareRoot()
        for _ in 0..<30 {
            let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
            let error = (upperTail(z) - probability) / density
            let step = error / (1 - z * error / 2)
            z += step
            if abs(step) <= 1e-15 * max(1, abs(z)) { break }
        }
        return z
    }
}

private import Foundation

/// A test that may be looked at as often as one likes: the chance that it ever calls a difference that is none stays
/// below α, however many looks there are.
///
/// A mixture over all differences that could be, normal with the standard deviation ρ in units of that of one case.
/// Source: I. Waudby-Smith et al., "Time-uniform central limit theory and asymptotic confidence sequences", eq. 9
/// (2021).
package struct SequentialTest: BitwiseCopyable, Sendable {
    package let alpha: Double
    /// What the interval is narrowest for: about `tunedCount` cases.
    package let rho: Double

    /// Cases of both arms together that a suite's experiment comes to.
    package static let usualCount = 400

    package init(alpha: Double = 0.05, tunedCount: Int = usualCount) {
        self.alpha = alpha
        let log = -2 * Foundation.log(alpha)
        rho = ((log + Foundation.log(log + 1)) / Double(tunedCount)).squareRoot()
    }

    /// The p value of a difference with a standard error, of `count` cases in all: 1 over how much likelier the
    /// mixture is than no difference, at most 1.
    package func pValue(difference: Double, standardError: Double, count: Int) -> Double {
        guard count > 0, difference != 0 else { return 1 }
        guard standardError > 0 else { return 1 }
        let z = difference / standardError
        let information = Double(count) * rho * rho
        let logarithm =
            information * z * z / (2 * (information + 1)) - Foundation.log(information + 1) / 2
        return min(1, exp(-logarithm))
    }

    /// How far the interval reaches to either side; infinite of nothing.
    package func halfWidth(standardError: Double, count: Int) -> Double {
        guard count > 0 else { return .infinity }
        let information = Double(count) * rho * rho
        let logarithm = Foundation.log(information + 1) / 2 - Foundation.log(alpha)
        return standardError * (2 * (information + 1) * logarithm / information).squareRoot()
    }
}

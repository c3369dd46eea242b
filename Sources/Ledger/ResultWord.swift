private import Foundation
internal import MetricModel

/// One result of a test in memory: eight bytes.
struct ResultWord: BitwiseCopyable, Sendable, Equatable {
    /// Run's slot 24 bits, outcome 3, outside of history 1, occurrence 4, duration 16.
    private let bits: UInt64

    private static let occurrenceMax = 15

    /// Occurrences beyond the fifteenth are taken for it.
    init(run: Int, outcome: CaseOutcome, isInHistory: Bool, occurrence: Int, seconds: Double) {
        bits =
            UInt64(run & 0xFF_FFFF) | UInt64(outcome.rawValue) << 24 | (isInHistory ? 0 : 1) << 27
            | UInt64(min(occurrence, Self.occurrenceMax)) << 28
            | UInt64(Self.code(seconds)) << 32
    }

    var run: Int { Int(bits & 0xFF_FFFF) }
    /// As raw value: making an enum of it costs a branch in the loop over all results.
    var outcomeNumber: UInt8 { UInt8(bits >> 24 & 7) }
    var outcome: CaseOutcome { CaseOutcome(rawValue: outcomeNumber) ?? .error }
    var isInHistory: Bool { bits >> 27 & 1 == 0 }
    var occurrence: Int { Int(bits >> 28 & 15) }
    /// Ascends with the duration.
    var durationCode: UInt16 { UInt16(truncatingIfNeeded: bits >> 32) }

    /// Whether it is the same case of the same run.
    func isSameCase(as other: ResultWord) -> Bool {
        run == other.run && occurrence == other.occurrence
    }

    // A logarithm: from a microsecond to three weeks in steps of 0.043 %.
    private static let stepsPerLogarithm = 2_320.0

    private static func code(_ seconds: Double) -> UInt16 {
        let microseconds = seconds * 1e6
        guard microseconds >= 1 else { return 0 }
        return UInt16(min(65_535, 1 + (log(microseconds) * stepsPerLogarithm).rounded()))
    }

    /// The duration in seconds that stands behind a code.
    static func seconds(ofCode code: UInt16) -> Double {
        code == 0 ? 0 : exp(Double(code - 1) / stepsPerLogarithm) * 1e-6
    }
}

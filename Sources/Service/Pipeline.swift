import Derivation
import MetricModel
import OTLP
import Registry

/// The way of a request body: derived into batches, applied to the registry, answered.
struct Pipeline: TraceSink {
    let derivers: DeriverSlots
    let registry: Registry
    let counters: SpanCounters
    /// Nanoseconds since 1970.
    let now: @Sendable () -> UInt64

    func export(_ body: RawSpan, via wire: WireProtocol, answer: PendingAnswer) -> ExportOutcome? {
        derivers.withDeriver { deriver in
            do throws(WireError) {
                try deriver.begin(body)
                while try deriver.nextBatch(body) {
                    registry.apply(&deriver.batch)
                    counters.record(deriver.batch)
                }
            } catch {
                return .malformed(error.description)
            }
            let counts = deriver.counts
            counters.record(counts, via: wire, arrival: now())
            if counts.malformed == 0 { return .accepted }
            return .partial(rejected: counts.malformed, message: Self.message(counts))
        }
    }

    private static func message(_ counts: DerivationCounts) -> String {
        var parts: [String] = []
        for (defect, count) in zip(SpanDefect.allCases, counts.defects) where count > 0 {
            parts.append("\(count) with \(defect.explanation)")
        }
        return "malformed spans were dropped: \(parts.joined(separator: ", "))"
    }
}

extension SpanDefect {
    /// What a sender is told.
    fileprivate var explanation: String {
        switch self {
        case .traceID: "a trace id that is not 16 bytes"
        case .spanID: "a span or parent id that is not 8 bytes"
        case .times: "an end before the start"
        }
    }
}

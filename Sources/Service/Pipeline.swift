import Dedupe
import Derivation
import MetricModel
import OTLP

/// The way of a request body: derived into batches, handed to the intake, answered.
struct Pipeline: TraceSink {
    let derivers: DeriverSlots
    let intake: Intake
    let secret: KeySecret
    let counters: SpanCounters
    /// Nanoseconds since 1970.
    let now: @Sendable () -> UInt64

    func export(_ body: RawSpan, via wire: WireProtocol, answer: PendingAnswer) -> ExportOutcome? {
        derivers.withSlot { slot in
            do throws(WireError) {
                return try export(body, wire, answer, &slot)
            } catch {
                return .malformed(error.description)
            }
        }
    }

    private func export(
        _ body: RawSpan, _ wire: WireProtocol, _ answer: PendingAnswer, _ slot: inout DeriverSlots.Slot
    ) throws(WireError) -> ExportOutcome? {
        let arrival = now()
        var repeats: [UInt32] = []
        var request: UInt64 = 0
        while true {
            try slot.deriver.begin(body, leavingOut: repeats)
            guard try slot.deriver.nextBatch(body) else { return .accepted }
            slot.keys.make(&slot.deriver.identities, body, secret, leavingOut: repeats)
            let isWhole = !slot.deriver.hasMore
            let submission = intake.submit(
                &slot.deriver.batch, &slot.keys, part: isWhole ? .whole : .first, arrival: arrival,
                hasRepeats: !repeats.isEmpty, outcome: Self.outcome(slot.deriver.counts), answer: answer,
                request: &request
            )
            switch submission {
            case .repeats(let keys):
                // Derived again without what is known: rare, and nothing was counted yet.
                repeats = (repeats + slot.keys.spans(of: keys)).sorted()
                continue
            case .refused(let outcome): return outcome
            case .done, .queued: break
            }
            counters.record(slot.deriver.batch)
            let rest = isWhole ? submission : try submitRest(body, answer, arrival, &slot, &request)
            if case .refused(let outcome) = rest { return outcome }
            counters.record(slot.deriver.counts, via: wire, arrival: arrival)
            if case .queued = rest { return nil }
            return Self.outcome(slot.deriver.counts)
        }
    }

    /// Hands in the parts of a large request behind the first.
    private func submitRest(
        _ body: RawSpan, _ answer: PendingAnswer, _ arrival: UInt64, _ slot: inout DeriverSlots.Slot,
        _ request: inout UInt64
    ) throws(WireError) -> Intake.Submission {
        while true {
            let hasBatch = try slot.deriver.nextBatch(body)
            let isLast = !slot.deriver.hasMore || !hasBatch
            let submission = intake.submit(
                &slot.deriver.batch, &slot.keys, part: .next(request: request, isLast: isLast),
                arrival: arrival, hasRepeats: false, outcome: Self.outcome(slot.deriver.counts),
                answer: answer, request: &request
            )
            if case .refused = submission { return submission }
            counters.record(slot.deriver.batch)
            if isLast { return submission }
        }
    }

    private static func outcome(_ counts: DerivationCounts) -> ExportOutcome {
        if counts.malformed == 0 { return .accepted }
        return .partial(rejected: counts.malformed, message: message(counts))
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

import MetricModel
import OTLP

/// What waits for its commit: a request's share of the series and what it says to folds, an event, a decision.
struct IntakeEntry: Sendable {
    /// What is added to the series; empty where nothing is.
    var record: [UInt8]
    /// The keys of the spans in it, as they are stored.
    var keys: [UInt8] = []
    /// Nanoseconds since 1970.
    var arrival: UInt64
    /// The end of the dedupe window behind the entry's keys.
    var keysEnd: UInt64
    /// What its spans say to folds; empty where that is nothing.
    var folds: [UInt8] = []
    /// Words of inputs in `folds`, for memory alone: a commit does not keep them.
    var words = InputWords()
    /// The low words of the ids of the traces in it whose spans may belong together.
    var traces: [UInt64] = []
    /// What was decided, whose share of the series is in `record`.
    var decision: Decision?
    /// The large request that this is a part of; 0 for none.
    var request: UInt64 = 0
    /// Who is answered when it is durable, and what.
    var answer: (to: PendingAnswer, outcome: ExportOutcome)?
    /// Called when it is durable or given up.
    var settled: (@Sendable () -> Void)?

    /// What it takes in memory and in the journal.
    var byteCount: Int { recordByteCount + keys.count + words.byteCount + 128 }
    /// What the journal keeps of it until a checkpoint has it.
    var recordByteCount: Int { record.count + folds.count + (decision?.section.count ?? 0) }
    /// Whether a commit has anything to write for it.
    var isEmpty: Bool { record.isEmpty && keys.isEmpty && folds.isEmpty && decision == nil }

    /// What the journal keeps of it, its keys apart.
    var envelope: [UInt8] {
        Envelope.encode(
            arrival: Int64(arrival / 1_000_000), record: record, folds: folds,
            outcomes: decision?.section ?? [])
    }
}

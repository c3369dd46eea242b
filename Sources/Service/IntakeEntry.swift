import OTLP

/// What waits for its commit: a request's share of the series, or an event.
struct IntakeEntry: Sendable {
    /// What is added to the series; empty where nothing is.
    var record: [UInt8]
    /// The keys of the spans in it, as they are stored.
    var keys: [UInt8] = []
    /// Nanoseconds since 1970.
    var arrival: UInt64
    /// The end of the dedupe window behind the entry's keys.
    var keysEnd: UInt64
    /// The large request that this is a part of; 0 for none.
    var request: UInt64 = 0
    /// Who is answered when it is durable, and what.
    var answer: (to: PendingAnswer, outcome: ExportOutcome)?
    /// Called when it is durable or given up.
    var settled: (@Sendable () -> Void)?

    /// What it takes in memory and in the journal.
    var byteCount: Int { record.count + keys.count + 128 }
    /// Whether a commit has anything to write for it.
    var isEmpty: Bool { record.isEmpty && keys.isEmpty }
}

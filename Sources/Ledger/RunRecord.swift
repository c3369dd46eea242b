internal import MetricModel

/// A run as the ledger keeps it.
struct RunRecord: Sendable, Equatable {
    var key: RunKey
    /// The slot of the run that it is a part of; −1 for none.
    var root: Int32 = -1
    var service: String
    var environment: String
    var revision: String?
    var branch: String?
    var sequence: Int64?
    /// Milliseconds since 1970.
    var start: Int64
    var end: Int64
    var ended: RunOutcome?
    /// Its own results that windows and states look at, without those of its parts.
    var counts = CaseCounts()

    /// A run as a change says it; nothing is later than `now`.
    init(_ change: RunChange, now: Int64) {
        key = change.key
        service = change.service
        environment = change.environment
        revision = change.revision
        branch = change.branch
        sequence = change.sequence
        start = min(change.start, now)
        end = min(max(change.start, change.end), now)
        ended = change.ended
    }

    init(
        key: RunKey, root: Int32, service: String, environment: String, revision: String?, branch: String?,
        sequence: Int64?, start: Int64, end: Int64, ended: RunOutcome?,
        counts: CaseCounts
    ) {
        self.key = key
        self.root = root
        self.service = service
        self.environment = environment
        self.revision = revision
        self.branch = branch
        self.sequence = sequence
        self.start = start
        self.end = end
        self.ended = ended
        self.counts = counts
    }

    /// A run of which only its part is known yet.
    init(rootOf part: RunRecord, key: RunKey) {
        self = part
        self.key = key
        root = -1
        ended = nil
        counts = CaseCounts()
    }
}

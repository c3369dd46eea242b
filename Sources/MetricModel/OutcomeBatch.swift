/// How a run of tests ended.
package enum RunOutcome: UInt8, Sendable, CaseIterable {
    case passed, failed, interrupted
}

/// What is known of a run of tests. What came later wins, and says everything again.
package struct RunChange: Sendable, Equatable {
    package var key: RunKey
    /// The run that this one is a part of: a controller's, for a worker's.
    package var root: RunKey?
    package var service: String
    package var environment: String
    package var revision: String?
    package var branch: String?
    /// Orders the runs of a service where both of two have one; else their starts do.
    package var sequence: Int64?
    /// Milliseconds since 1970.
    package var start: Int64
    package var end: Int64
    /// Nil while it goes on.
    package var ended: RunOutcome?
    /// Whether its end was said before, so that it is not to be counted again: something came late.
    package var wasEnded: Bool

    package init(
        key: RunKey, root: RunKey? = nil, service: String, environment: String, revision: String? = nil,
        branch: String? = nil, sequence: Int64? = nil, start: Int64, end: Int64, ended: RunOutcome? = nil,
        wasEnded: Bool = false
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
        self.wasEnded = wasEnded
    }
}

/// How long a worker of a run was busy with tests.
package struct WorkerShare: Sendable, Equatable {
    package var run: RunKey
    package var service: String
    package var environment: String
    package var name: String
    package var busySeconds: Double

    package init(run: RunKey, service: String, environment: String, name: String, busySeconds: Double) {
        self.run = run
        self.service = service
        self.environment = environment
        self.name = name
        self.busySeconds = busySeconds
    }
}

/// What was decided at one moment: results of cases, ends of runs. It is journalled whole, counted once, and
/// becomes rows of the ledger in the same transaction.
package struct OutcomeBatch: Sendable, Equatable {
    /// Milliseconds since 1970.
    package var decided: Int64
    package var results: [CaseResult]
    /// Every run that a result names, and every one that changed or ended.
    package var runs: [RunChange]
    package var workers: [WorkerShare]
    /// Whether more was due than fits into one batch.
    package var hasMore: Bool

    package init(
        decided: Int64, results: [CaseResult] = [], runs: [RunChange] = [], workers: [WorkerShare] = [],
        hasMore: Bool = false
    ) {
        self.decided = decided
        self.results = results
        self.runs = runs
        self.workers = workers
        self.hasMore = hasMore
    }

    package var isEmpty: Bool { results.isEmpty && runs.isEmpty && workers.isEmpty }
}

package import MetricModel

/// What is told of a run to people; its parts are added up.
package struct RunReport: Sendable, Equatable {
    package var service: String
    package var environment: String
    package var revision: String?
    package var branch: String?
    package var sequence: Int64?
    /// Milliseconds since 1970.
    package var start: Int64
    package var end: Int64
    /// Nil while it goes on.
    package var ended: RunOutcome?
    /// Most of its cases failed: states do not look at it.
    package var isInfrastructureFailure: Bool
    package var counts: CaseCounts
}

/// What is told of a case of a run.
package struct ResultReport: Sendable, Equatable {
    package var service: String
    package var suite: String?
    package var test: String
    package var outcome: CaseOutcome
    package var attempts: [CaseAttempt]
    /// Milliseconds since 1970.
    package var end: Int64
    package var seconds: Double
    package var worker: String?
}

extension History {
    /// The runs, oldest first.
    package func runReports(service: String? = nil) -> [RunReport] {
        roots().compactMap { slot in
            guard let record = runs.records[slot], (service ?? record.service) == record.service else {
                return nil
            }
            return report(ofRun: slot, record)
        }
    }

    /// The slots of runs that are no parts, oldest first.
    func roots() -> [Int] {
        runs.facts.indices.filter { runs.facts[$0].isInUse && runs.facts[$0].root == $0 }
            .sorted { runs.isBefore($0, $1) }
    }

    func report(ofRun slot: Int, _ record: RunRecord) -> RunReport {
        RunReport(
            service: record.service, environment: record.environment, revision: record.revision,
            branch: record.branch, sequence: record.sequence, start: record.start, end: record.end,
            ended: record.ended,
            isInfrastructureFailure: runs.facts[slot].isInfrastructureFailure, counts: runs.totals[slot])
    }

    func report(of result: ChunkResult) -> ResultReport? {
        let number = Int(result.test)
        guard number < tests.endNumber, let test = tests.names[number] else { return nil }
        let suite = suites.suites[Int(tests.suites[number])]
        return ResultReport(
            service: services.services[Int(suite.service)].name, suite: suite.name, test: test,
            outcome: result.outcome,
            attempts: result.attempts.map { attempt in
                let pattern =
                    patterns.entries.indices.contains(Int(attempt.pattern))
                    ? patterns.entries[Int(attempt.pattern)]?.text : nil
                return CaseAttempt(outcome: attempt.outcome, seconds: attempt.seconds, pattern: pattern)
            }, end: result.end, seconds: result.seconds, worker: result.worker)
    }
}

package import MetricModel

/// What a report does not say of itself.
package struct ReportOrigin: Sendable {
    package var service: String
    package var environment: String
    package var branch: String?
    package var revision: String?
    /// Names the run; reports with the same name are parts of one.
    package var run: RunKey
    /// When the file was written, in milliseconds since 1970: for cases without a time.
    package var written: Int64

    package init(
        service: String, environment: String, branch: String? = nil, revision: String? = nil, run: RunKey,
        written: Int64
    ) {
        self.service = service
        self.environment = environment
        self.branch = branch
        self.revision = revision
        self.run = run
        self.written = written
    }
}

extension Report {
    /// How old a report may be that still counts, in milliseconds.
    package static let countedAgeMax: Int64 = 3_600_000

    /// The report as results of a run.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970; nothing ends later.
    ///   - digest: of the file, 16 bytes.
    ///   - isCounted: whether counters count it; nil for those that ended within `countedAgeMax`.
    ///   - pattern: what differs from failure to failure left out.
    package func outcomes(
        _ origin: ReportOrigin, at now: Int64, digest: [UInt8], isCounted: Bool? = nil,
        pattern: (Failure) -> String
    ) -> OutcomeBatch {
        let last = min(end ?? origin.written, now)
        let results = cases.map { test in
            let attempts = test.attempts.map { attempt in
                CaseAttempt(
                    outcome: attempt.outcome, seconds: attempt.seconds,
                    pattern: attempt.outcome.isBad ? attempt.failure.map(pattern) : nil)
            }
            return CaseResult(
                run: origin.run, service: origin.service, environment: origin.environment, test: test.test,
                suite: test.suite, file: test.file, worker: test.worker, attempts: attempts,
                end: min(test.end ?? last, now), seconds: attempts.last?.seconds ?? 0,
                busySeconds: attempts.reduce(0) { $0 + $1.seconds }, occurrence: test.occurrence)
        }
        let run = RunChange(
            key: origin.run, service: origin.service, environment: origin.environment,
            revision: origin.revision, branch: origin.branch, start: min(start ?? last, last), end: last,
            ended: outcome, source: .report)
        return OutcomeBatch(
            decided: now, results: results, runs: [run], report: digest,
            isCounted: isCounted ?? (now - last <= Self.countedAgeMax))
    }
}

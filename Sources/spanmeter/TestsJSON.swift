import Foundation
import Ledger
import MetricModel

/// Tests, runs and results as JSON: what is unknown is left out, times are seconds since 1970.
enum TestsJSON {
    static func text(of tests: [TestReport]) -> String { encoded(tests.map { TestObject($0) }) + "\n" }

    static func text(of runs: [RunReport]) -> String {
        encoded(runs.map { RunObject($0, cases: nil) }) + "\n"
    }

    static func text(of days: [DayReport]) -> String {
        encoded(days.map { DayObject($0) }) + "\n"
    }

    /// A run as an object with its results.
    static func text(of run: RunReport, _ results: [ResultReport]) -> String {
        encoded(RunObject(run, cases: results.map { CaseObject($0) }))
    }

    private static func encoded(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        // Our own structures: all their numbers are finite.
        guard let bytes = try? encoder.encode(value) else { return "null" }
        return String(decoding: bytes, as: UTF8.self)
    }

    private struct TestObject: Encodable {
        struct Streak: Encodable {
            let count: Int
            let revision: String?
            let time: Double
        }

        let service, environment, test, state: String
        let suite, file, pattern: String?
        let missing: Bool
        let lastResults: [String]
        let passed, results: Int
        let passRatio, passRatioLow, passRatioHigh, flipRate, flakiness, durationP50: Double?
        let failingSince: Streak?
        let lastSeen: Double

        init(_ test: TestReport) {
            service = test.service
            environment = test.environment
            self.test = test.test
            state = test.state.rawValue
            suite = test.suite
            file = test.file
            pattern = test.pattern
            missing = test.isMissing
            lastResults = test.lastResults.map { "\($0)" }
            passed = test.passCount
            results = test.resultCount
            passRatio = test.resultCount > 0 ? Double(test.passCount) / Double(test.resultCount) : nil
            passRatioLow = test.bounds?.low
            passRatioHigh = test.bounds?.high
            flipRate = test.flipRate
            flakiness = test.flakiness
            durationP50 = test.median
            failingSince = test.streak.map {
                Streak(count: $0.count, revision: $0.revision, time: Double($0.start) / 1_000)
            }
            lastSeen = Double(test.lastSeen) / 1_000
        }
    }

    private struct RunObject: Encodable {
        let service, environment, result: String
        let revision, branch: String?
        let sequence: Int64?
        let start, end: Double
        let counts: Bool
        let passed, failed, error, skipped, flaky: Int32
        let cases: [CaseObject]?

        init(_ run: RunReport, cases: [CaseObject]?) {
            service = run.service
            environment = run.environment
            result = run.ended.map { "\($0)" } ?? "running"
            revision = run.revision
            branch = run.branch
            sequence = run.sequence
            start = Double(run.start) / 1_000
            end = Double(run.end) / 1_000
            counts = !run.isInfrastructureFailure
            passed = run.counts.passed
            failed = run.counts.failed
            error = run.counts.error
            skipped = run.counts.skipped
            flaky = run.counts.flaky
            self.cases = cases
        }
    }

    private struct DayObject: Encodable {
        let day, service, environment: String
        let runs: Int
        let passed, failed, error, skipped, flaky: Int32

        init(_ day: DayReport) {
            self.day = TestsTable.date(day.day)
            service = day.service
            environment = day.environment
            runs = day.runCount
            passed = day.counts.passed
            failed = day.counts.failed
            error = day.counts.error
            skipped = day.counts.skipped
            flaky = day.counts.flaky
        }
    }

    private struct CaseObject: Encodable {
        struct Attempt: Encodable {
            let outcome: String
            let seconds: Double
            let pattern: String?
        }

        let service, test, result: String
        let suite, worker: String?
        let end, seconds: Double
        let attempts: [Attempt]

        init(_ result: ResultReport) {
            service = result.service
            test = result.test
            self.result = "\(result.outcome)"
            suite = result.suite
            worker = result.worker
            end = Double(result.end) / 1_000
            seconds = result.seconds
            attempts = result.attempts.map {
                Attempt(outcome: "\($0.outcome)", seconds: $0.seconds, pattern: $0.pattern)
            }
        }
    }
}

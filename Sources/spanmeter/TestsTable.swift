import Foundation
import Ledger
import MetricModel

/// Tests, runs and results as lines for people.
enum TestsTable {
    private static let revisionLength = 12
    private static let patternLength = 60

    static func text(of tests: [TestReport]) -> String {
        if tests.isEmpty { return "no tests\n" }
        let head = [
            "STATE", "SERVICE", "SUITE", "TEST", "RESULTS", "PASSED 7D", "95 %", "FLIPS", "FLAKY",
            "FAILING SINCE",
            "LAST SEEN", "P50", "PATTERN",
        ]
        return PlainTable.text([head] + tests.map(row(of:)))
    }

    private static func row(of test: TestReport) -> [String] {
        let state = test.isMissing ? "\(test.state.rawValue), missing" : test.state.rawValue
        var row = [state, test.service, test.suite ?? "-", test.test, String(test.lastResults.map(letter))]
        row.append(test.resultCount > 0 ? "\(test.passCount)/\(test.resultCount)" : "-")
        row.append(test.bounds.map { "\(PlainTable.percent($0.low))-\(PlainTable.percent($0.high))" } ?? "-")
        row.append(test.flipRate.map { PlainTable.number($0, 2) } ?? "-")
        row.append(test.flakiness.map { PlainTable.number($0, 2) } ?? "-")
        row.append(test.streak.map(text(of:)) ?? "-")
        row.append(PlainTable.time(test.lastSeen))
        row.append(test.median.map(PlainTable.seconds) ?? "-")
        row.append(test.pattern.map { String($0.prefix(patternLength)) } ?? "-")
        return row
    }

    static func text(of runs: [RunReport]) -> String {
        if runs.isEmpty { return "no runs\n" }
        let head = [
            "STARTED", "DURATION", "SERVICE", "ENVIRONMENT", "BRANCH", "REVISION", "RESULT", "PASSED",
            "FAILED",
            "ERROR", "FLAKY", "SKIPPED",
        ]
        return PlainTable.text([head] + runs.map(row(of:)))
    }

    private static func row(of run: RunReport) -> [String] {
        let counts = run.counts
        var row = [
            PlainTable.time(run.start), PlainTable.seconds(Double(run.end - run.start) / 1_000), run.service,
            run.environment,
        ]
        row.append(run.branch ?? "-")
        row.append(run.revision.map { String($0.prefix(revisionLength)) } ?? "-")
        row.append(result(of: run))
        for count in [counts.passed, counts.failed, counts.error, counts.flaky, counts.skipped] {
            row.append("\(count)")
        }
        return row
    }

    static func text(of days: [DayReport]) -> String {
        if days.isEmpty { return "no runs\n" }
        let head = [
            "DAY", "SERVICE", "ENVIRONMENT", "RUNS", "PASSED", "FAILED", "ERROR", "FLAKY", "SKIPPED",
        ]
        let rows = days.map { day in
            let counts = day.counts
            return [date(day.day), day.service, day.environment, "\(day.runCount)"]
                + [counts.passed, counts.failed, counts.error, counts.flaky, counts.skipped].map { "\($0)" }
        }
        return PlainTable.text([head] + rows)
    }

    /// `2026-11-21`.
    static func date(_ day: Int64) -> String {
        String(Date(timeIntervalSince1970: Double(day) * 86_400).formatted(.iso8601).prefix(10))
    }

    static func text(of run: RunReport, _ results: [ResultReport]) -> String {
        let revision = run.revision.map { " \($0.prefix(revisionLength))" } ?? ""
        let head = "\(PlainTable.time(run.start)) \(run.service)\(revision): \(result(of: run))\n"
        return head + PlainTable.text(results.map(row(of:)))
    }

    private static func row(of result: ResultReport) -> [String] {
        let attempts = result.attempts.map { "\($0.outcome) \(PlainTable.seconds($0.seconds))" }
        let pattern = result.attempts.last { $0.pattern != nil }?.pattern ?? ""
        return [
            "  \(result.outcome)", result.suite ?? "-", result.test, attempts.joined(separator: ", "),
            String(pattern.prefix(patternLength)),
        ]
    }

    private static func result(of run: RunReport) -> String {
        let word = run.ended.map { "\($0)" } ?? "running"
        return run.isInfrastructureFailure ? "\(word), does not count" : word
    }

    private static func text(of streak: TestReport.Streak) -> String {
        let revision = streak.revision.map { " \($0.prefix(revisionLength))" } ?? ""
        return "\(PlainTable.time(streak.start))\(revision) (\(streak.count))"
    }

    private static func letter(_ outcome: CaseOutcome) -> Character {
        switch outcome {
        case .passed: "P"
        case .failed: "F"
        case .error: "E"
        case .skipped: "s"
        case .flaky: "X"
        }
    }
}

import Foundation
import GRDB
import Ledger
import MetricModel
import Testing

@Suite struct TestsCommandTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func `tests are shown with their states, the urgent ones first`() throws {
        try fill()
        let result = try spanmeter("tests", "--data", "data", in: directory)
        #expect(result.errors == "")
        let lines = result.output.split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(lines.count == 6)
        #expect(lines[0].hasPrefix("STATE SERVICE SUITE TEST RESULTS PASSED 7D 95 %"))
        #expect(lines[1].hasPrefix("broken shop cart always FFFFFF 0/6 0%-39% 0.00 0.00"))
        #expect(lines[1].contains("0000000000aa (6)"))
        #expect(lines[1].hasSuffix("0.25 s Error: boom"))
        #expect(lines[2].hasPrefix("flaky shop cart wobbly PPXPPP 6/6"))
        #expect(lines[3].hasPrefix("new, missing shop cart gone"))
        #expect(lines[4].hasPrefix("healthy shop cart fine PPPPPP"))
        #expect(lines[5].hasPrefix("skipped shop cart never ssssss - - - - -"))
    }

    @Test(arguments: [
        (["--state", "flaky", "--state", "broken"], ["always", "wobbly"]),
        (["--state", "missing"], ["gone"]),
        (["--state", "skipped"], ["never"]), (["--suite", "c*t", "--state", "healthy"], ["fine"]),
        (["--suite", "other"], []), (["--service", "till"], []),
    ])
    func `tests are chosen by state, suite and service`(flags: [String], names: [String]) throws {
        try fill()
        let flags = ["tests", "--data", "data", "--format", "json"] + flags
        let result = try spanmeter(flags, in: directory)
        let tests = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
        #expect(tests.compactMap { $0["test"] as? String } == names)
    }

    @Test func `results come with their attempts`() throws {
        try fill()
        let result = try spanmeter("tests", "--data", "data", "--results", "--format", "json", in: directory)
        let runs = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
        #expect(runs.count == 6)
        let cases = try #require(runs[2]["cases"] as? [[String: Any]])
        let wobbly = try #require(cases.first { $0["test"] as? String == "wobbly" })
        #expect(wobbly["result"] as? String == "flaky")
        let attempts = try #require(wobbly["attempts"] as? [[String: Any]])
        #expect(attempts.map { $0["outcome"] as? String } == ["failed", "passed"])
        #expect(attempts[0]["pattern"] as? String == "Error: boom")
        let table = try spanmeter("tests", "--data", "data", "--results", in: directory).output
        #expect(table.contains("  flaky    cart  wobbly  failed 0.25 s, passed 0.25 s  Error: boom\n"))
    }

    @Test func `runs are shown with their sums`() throws {
        try fill()
        let lines = try spanmeter("tests", "--data", "data", "--runs", in: directory).output
            .split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.count == 7)
        #expect(lines[3].contains("60.0 s shop ci main 0000000000cc failed 2 1 0 1 1"))
        let empty = try spanmeter(
            "tests", "--data", "data", "--runs", "--service", "x", "--format", "json", in: directory)
        #expect(empty.output.filter { !$0.isWhitespace } == "[]")
    }

    @Test func `days are shown with their sums`() throws {
        try fill()
        let flags = ["tests", "--data", "data", "--days"]
        let table = try spanmeter(flags, in: directory).output
        #expect(table.hasPrefix("DAY         SERVICE  ENVIRONMENT  RUNS  PASSED"))
        let days = try #require(
            try JSONSerialization.jsonObject(
                with: Data(spanmeter(flags + ["--format", "json"], in: directory).output.utf8))
                as? [[String: Any]])
        // Six runs of one hour each may lie on both sides of midnight.
        #expect(days.compactMap { $0["runs"] as? Int }.reduce(0, +) == 6)
        #expect(days.compactMap { $0["passed"] as? Int }.reduce(0, +) == 14)
        #expect(days.compactMap { $0["failed"] as? Int }.reduce(0, +) == 6)
    }

    @Test func `without a ledger it says what to do`() throws {
        let result = try spanmeter("tests", "--data", "data", in: directory)
        #expect(result.code == 1)
        #expect(
            result.errors
                == "spanmeter: data/spanmeter.db has no test ledger: there is no such file; "
                + "start 'spanmeter serve' on it once\n")
    }

    @Test(arguments: [
        (["--runs", "--results"], "--runs and --results were both given; wanted one of them"),
        (["--results", "--days"], "--results and --days were both given; wanted one of them"),
        (["--days", "--suite", "a"], "--suite was given with --days; a day has many suites"),
        (["--runs", "--state", "new"], "--state was given with --runs; only tests have states"),
        (["--runs", "--suite", "a"], "--suite was given with --runs; a run has many suites"),
    ])
    func `flags that contradict each other are wrong usage`(flags: [String], problem: String) throws {
        let result = try spanmeter(["tests"] + flags, in: directory)
        #expect(result.code == 2)
        #expect(result.errorLines.first == "spanmeter: \(problem)")
    }

    /// Six runs of the last hours.
    private func fill() throws {
        var loader = HistoryLoader()
        let store = try Store(directory: "\(directory.path)/data", now: { 0 }, loading: &loader)
        var history = loader.finish()
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let histories = [
            "fine": "PPPPPP", "always": "FFFFFF", "wobbly": "PPXPPP", "gone": "PPP", "never": "ssssss",
        ]
        for number in 0..<6 {
            let end = now - Int64(6 - number) * 3_600_000
            let key = RunKey(bytes: [UInt8(number)])
            let run = RunChange(
                key: key, service: "shop", environment: "ci",
                revision: "0000000000"
                    + String(repeating: ["a", "b", "c", "d", "e", "f"][number], count: 30),
                branch: "main", start: end - 60_000, end: end, ended: .failed)
            let results = histories.sorted { $0.key < $1.key }.compactMap { test, outcomes -> CaseResult? in
                guard let outcome = outcomes.dropFirst(number).first else { return nil }
                return CaseResult(
                    run: key, service: "shop", environment: "ci", test: test, suite: "cart",
                    attempts: Self.attempts(outcome), end: end, seconds: 0.25, busySeconds: 1)
            }
            let plan = history.plan(OutcomeBatch(decided: now, results: results, runs: [run]))
            _ = try store.append([]) { db in try plan.write(db) }
            history.apply(plan)
        }
    }

    private static func attempts(_ outcome: Character) -> [CaseAttempt] {
        let failed = CaseAttempt(outcome: .failed, seconds: 0.25, pattern: "Error: boom")
        return switch outcome {
        case "F": [failed]
        case "X": [failed, CaseAttempt(outcome: .passed, seconds: 0.25)]
        case "s": [CaseAttempt(outcome: .skipped, seconds: 0)]
        default: [CaseAttempt(outcome: .passed, seconds: 0.25)]
        }
    }
}

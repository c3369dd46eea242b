import Foundation
import Ledger
import MetricModel
import Testing

@Suite struct ExperimentCommandTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func `an experiment is shown with its verdict, its arms and what they gain`() throws {
        try fill()
        let lines = try lines("experiment", "show", "better")
        #expect(lines[0] == "better of shop, ci")
        #expect(lines[1].hasPrefix("winner treatment: treatment passes more often than control: "))
        #expect(lines[2] == "shares as meant: p 1.000")
        #expect(lines[5].hasPrefix("control 15/30 50.0% 33.2% to 66.8% 0.2500 USD 120 "))
        #expect(lines[6].hasPrefix("treatment 29/30 96.7% 83.3% to 99.4% 0.2500 USD 120 "))
        #expect(lines[9].hasPrefix("treatment 46.7% "))
        #expect(lines[11].hasSuffix("in four of five experiments with 1565 results of each arm"))
        let list = try self.lines("experiment", "list")
        #expect(list.count == 3)
        #expect(list[1].hasPrefix("winner shop ci better 2 60 2023-11-14 22:13 treatment passes more often"))
    }

    @Test func `a skill is shown before and since its change`() throws {
        try fill()
        let lines = try lines("skills", "show", "search")
        #expect(lines[0] == "search of shop, ci")
        #expect(lines[1] == "changes: 1, the last one 2023-11-14 22:13")
        #expect(lines[4].hasPrefix("1 25/30 83.3% "))
        #expect(lines[5].hasPrefix("2 15/30 50.0% "))
        #expect(
            try self.lines("skills", "list")[1].hasPrefix("search shop ci 1 2023-11-14 22:13 83.3% of 30"))
    }

    @Test func `JSON has the same`() throws {
        try fill()
        let result = try spanmeter("experiment", "list", "--format", "json", "--data", "data", in: directory)
        let experiments = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
        #expect(experiments.compactMap { $0["winner"] as? String } == ["treatment"])
        let arms = try #require(experiments[0]["arms"] as? [[String: Any]])
        #expect(arms.compactMap { $0["passed"] as? Int } == [15, 29])
        #expect(arms[0]["lift"] == nil)
        #expect((arms[1]["pValues"] as? [String: Double])?["sequential"] ?? 1 < 0.05)
    }

    @Test func `what there is not is said`() throws {
        try fill()
        let wrong = try spanmeter("experiment", "show", "beter", "--data", "data", in: directory)
        #expect(wrong.code == 1)
        #expect(
            wrong.errors == "spanmeter: the ledger knows no experiment 'beter'; did you mean 'better'\n")
        let other = ["--service", "till", "--data", "data"]
        #expect(try spanmeter(["experiment", "list"] + other, in: directory).output == "no experiments\n")
        #expect(try spanmeter(["skills", "list"] + other, in: directory).output == "no skills\n")
        let absent = try spanmeter("skills", "list", "--data", "none", in: directory)
        #expect(absent.code == 1)
        #expect(absent.errors.contains("has no test ledger"))
    }

    /// The lines of a command's table, blanks made one.
    private func lines(_ words: String...) throws -> [String] {
        let result = try spanmeter(words + ["--data", "data"], in: directory)
        #expect(result.errors == "")
        return result.output.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.split(separator: " ").joined(separator: " ")
        }
    }

    /// A run of a skill's first edition; one of its second, with an experiment beside it.
    private func fill() throws {
        var loader = HistoryLoader()
        let store = try Store(directory: "\(directory.path)/data", now: { 0 }, loading: &loader)
        var history = loader.finish()
        try add(1, variant: nil, passCount: 25, &history, store)
        try add(2, variant: "control", passCount: 15, &history, store)
        try add(2, variant: "treatment", passCount: 29, &history, store)
    }

    private func add(
        _ run: Int, variant: String?, passCount: Int, _ history: inout History, _ store: Store
    ) throws {
        let key = RunKey(bytes: [UInt8(run)])
        let end = 1_700_000_000_000 + Int64(run)
        let results = (0..<30).map { number in
            CaseResult(
                run: key, service: "shop", environment: "ci", test: "t\(number)", suite: "routing",
                attempts: [CaseAttempt(outcome: number < passCount ? .passed : .failed, seconds: 2)],
                end: end, seconds: 2, busySeconds: 2, isInHistory: variant != "treatment",
                trial: CaseTrial(
                    experiment: variant.map { _ in "better" }, variant: variant, skill: "search",
                    edition: "\(run)", cost: 0.25, tokens: 120))
        }
        let change = RunChange(
            key: key, service: "shop", environment: "ci", branch: "main", start: end - 60_000, end: end,
            ended: .failed)
        let plan = history.plan(OutcomeBatch(decided: end + 1_000, results: results, runs: [change]))
        _ = try store.append([]) { db in try plan.write(db) }
        history.apply(plan)
    }
}

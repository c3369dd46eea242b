import Captures
import Folding
import MetricModel
import SeededRandom
import Testing

/// What a capture's truth says of one attempt, as far as spans can say it.
private func visibleOutcome(_ attempt: [String: Any]) -> Outcome? {
    let hasCall = (attempt["phases"] as? [String: Any])?["call"] != nil
    switch attempt["outcome"] as? String {
    case "passed", "xpassed", "xfailed": return .passed
    // A skip inside the body looks like a pass.
    case "skipped": return hasCall ? .passed : .skipped
    case "failed", "failed(rerun)": return .failed
    case "error(setup)", "error(setup)(rerun)", "passed+error(teardown)": return .error
    default: return nil
    }
}

@Suite struct `Captures of a runner with phases` {
    static let runs = [
        "run01", "run02", "run03", "run04", "run05", "run06", "run09", "run13-collecterror",
        "run14-stopfirst",
        "run15-workercrash", "run17-nothing",
    ]
    static let seed = UInt64.random(in: 0...UInt64.max)

    static func truth(_ run: String) throws -> [String: Any] {
        let runs = try Fixtures.truth("pytest-opentelemetry")["runs"] as? [[String: Any]]
        return try #require(runs?.first { $0["run"] as? String == run })
    }

    @Test(arguments: runs, Replay.Order.allCases)
    func `results are what really happened, whatever order the spans come in`(
        run: String, order: Replay.Order
    ) throws {
        var random = SeededRandom(seed: Self.seed)
        var replay = try Replay()
        try replay.apply(Fixtures.bodies("pytest-opentelemetry/\(run)"), order, &random)
        let batch = replay.decide(.everything)
        let truth = try Self.truth(run)
        let tests = try #require(truth["tests"] as? [String: [String: Any]])
        let seen = Dictionary(grouping: batch.results, by: \.test)
        let comment: Comment = "\(run) \(order) seed \(Self.seed)"
        #expect(seen.values.allSatisfy { $0.count == 1 }, comment)
        for (test, truth) in tests {
            guard let result = seen[test]?.first else {
                // A crashed worker takes its last spans with it.
                #expect(run == "run15-workercrash", "\(test) in \(comment)")
                continue
            }
            let attempts = try #require(truth["attempts"] as? [[String: Any]])
            #expect(result.attempts.map(\.outcome) == attempts.map(visibleOutcome), "\(test) in \(comment)")
            #expect(result.revises == nil)
            let isRescued = truth["flaky_rescued"] as? Bool == true
            #expect((result.outcome == .flaky) == isRescued, "\(test) in \(comment)")
            let last = attempts.last
            #expect(
                result.worker == last?["worker"] as? String ?? expectedWorker(run), "\(test) in \(comment)")
            let call = (last?["phases"] as? [String: [String: Any]])?["call"]
            if let wanted = call?["duration"] as? Double {
                #expect(abs(result.seconds - wanted) < 0.02, "\(test) in \(comment)")
            }
            let isBad = result.attempts.contains { $0.outcome.isBad }
            #expect(isBad || result.pattern == nil)
        }
        if run != "run15-workercrash" { #expect(batch.results.count == tests.count, comment) }
        try expectRun(batch, run, truth, comment)
        #expect(replay.folds.openCaseCount == 0)
    }

    private func expectedWorker(_ run: String) -> String? { run.hasPrefix("run09") ? nil : "main" }

    /// One run that ended, whatever it is made of.
    private func expectRun(
        _ batch: OutcomeBatch, _ run: String, _ truth: [String: Any], _ comment: Comment
    ) throws {
        let ended = batch.runs.filter { $0.ended != nil && $0.root == nil && !$0.wasEnded }
        #expect(ended.count == 1, comment)
        let end = try #require(ended.first)
        let isBad = batch.results.contains { $0.outcome == .failed || $0.outcome == .error }
        #expect(end.ended == (batch.results.isEmpty ? .interrupted : isBad ? .failed : .passed), comment)
        #expect(end.revision == truth["commit"] as? String, comment)
        #expect(Set(batch.results.map(\.run)).isSubset(of: [end.key]), comment)
        #expect(end.start <= end.end, comment)
    }
}

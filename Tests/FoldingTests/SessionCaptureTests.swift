import Captures
import Folding
import MetricModel
import SeededRandom
import Testing

/// One span an attempt, and a session a process.
@Suite struct `Captures of a runner with sessions` {
    static let seed = UInt64.random(in: 0...UInt64.max)

    /// What of an attempt shows; nil where the tool sends no span of it.
    static func visibleOutcome(_ attempt: [String: Any], test: String) -> Outcome? {
        guard (attempt["phases"] as? [String: Any])?["call"] != nil else { return nil }
        switch attempt["outcome"] as? String {
        // The tool takes an unexpected success for a success.
        case "failed", "failed(rerun)": return test.hasSuffix("test_strict_xpass") ? .passed : .failed
        // And an expected failure for a failure.
        case "xfailed": return .failed
        default: return .passed
        }
    }

    @Test(arguments: ["run01", "run02", "run03", "run06", "run09"], Replay.Order.allCases)
    func `results are what their spans can say of what happened`(run: String, order: Replay.Order) throws {
        var random = SeededRandom(seed: Self.seed)
        var replay = try Replay()
        try replay.apply(Fixtures.bodies("pytest-otel/\(run)"), order, &random)
        let batch = replay.decide(.everything)
        let runs = try Fixtures.truth("pytest-otel")["runs"] as? [[String: Any]]
        let truth = try #require(runs?.first { $0["run"] as? String == run })
        let tests = try #require(truth["tests"] as? [String: [String: Any]])
        var expected: [String: [[Outcome]]] = [:]
        for (test, truth) in tests {
            let attempts = try #require(truth["attempts"] as? [[String: Any]])
            let seen = attempts.compactMap { Self.visibleOutcome($0, test: test) }
            let name = test.split(separator: "::").last.map(String.init) ?? ""
            if !seen.isEmpty { expected[name, default: []].append(seen) }
        }
        let found = Dictionary(grouping: batch.results, by: \.test).mapValues { results in
            results.map { $0.attempts.map(\.outcome) }
        }
        let comment: Comment = "\(run) \(order) seed \(Self.seed)"
        #expect(Set(found.keys) == Set(expected.keys), comment)
        for (test, wanted) in expected {
            let results = (found[test] ?? []).map { "\($0)" }.sorted()
            #expect(results == wanted.map { "\($0)" }.sorted(), "\(test) in \(comment)")
        }
        // The controller's session, which has no tests, takes in those of the workers.
        let ended = batch.runs.filter { $0.ended != nil && $0.root == nil && !$0.wasEnded }
        #expect(ended.count == 1, comment)
        #expect(Set(batch.results.map(\.run)) == [try #require(ended.first).key], comment)
    }
}

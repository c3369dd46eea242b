import Captures
import Folding
import MetricModel
import SeededRandom
import Testing

/// Suites within suites, whose spans come last.
@Suite struct `Captures of a runner with suites` {
    static let seed = UInt64.random(in: 0...UInt64.max)

    @Test(arguments: ["run01", "run02"], Replay.Order.allCases)
    func `results are what its own report says`(run: String, order: Replay.Order) throws {
        var random = SeededRandom(seed: Self.seed)
        var replay = try Replay()
        try replay.apply(Fixtures.bodies("robotframework-tracer/\(run)"), order, &random)
        let batch = replay.decide(.everything)
        let truth = try #require(try Fixtures.truth("robotframework-tracer")[run] as? [String: Any])
        let tests = try #require(truth["tests"] as? [String: [String: Any]])
        let comment: Comment = "\(run) \(order) seed \(Self.seed)"
        #expect(batch.results.count == tests.count, comment)
        for (id, truth) in tests {
            let name = String(id.drop { $0 != " " }.dropFirst())
            let outcomes = ["PASS": Outcome.passed, "FAIL": .failed, "SKIP": .skipped]
            let status = try #require(truth["status"] as? String)
            let found = batch.results.filter { $0.test.hasSuffix("." + name) }
            let wanted = try #require(outcomes[status])
            #expect(found.map { $0.attempts.map(\.outcome) } == [[wanted]], "\(name) in \(comment)")
            guard let result = found.first, let suite = result.suite else { continue }
            #expect(result.test == "\(suite).\(name)")
            let message = try #require(truth["message"] as? String)
            if status == "FAIL" {
                #expect(result.pattern == FailurePattern.text(message: Array(message.utf8)))
            }
        }
        let ended = batch.runs.filter { $0.ended != nil && $0.root == nil }
        #expect(ended.map(\.ended) == [.failed], comment)
        #expect(Set(batch.runs.map(\.key)).count == 1, comment)
    }
}

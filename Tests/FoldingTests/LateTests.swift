import Captures
import Folding
import MetricModel
import SeededRandom
import Testing

/// Decisions while spans still come, each in a request of its own and in any order.
@Suite struct `Late spans` {
    static let seed = UInt64.random(in: 0...UInt64.max)

    /// What a ledger keeps: the last word on each case of a run.
    private static func kept(_ batches: [OutcomeBatch]) -> [String] {
        var last: [String: String] = [:]
        for batch in batches {
            for result in batch.results {
                let run = result.run.bytes.map { "\($0)" }.joined(separator: ".")
                last["\(run) \(result.test) \(result.occurrence)"] =
                    "\(result.test) \(result.attempts.map(\.outcome))"
            }
        }
        return last.values.sorted()
    }

    @Test(arguments: [
        "pytest-opentelemetry/run01", "pytest-opentelemetry/run04", "pytest-opentelemetry/run06",
        "pytest-opentelemetry/run09", "pytest-otel/run01", "pytest-otel/run03", "pytest-otel/run06",
        "robotframework-tracer/run01", "skill-routing/run02",
    ]) func `leave the same results as spans in time`(run: String) throws {
        var random = SeededRandom(seed: Self.seed)
        let bodies = try Fixtures.bodies(run)
        var whole = try Replay()
        for body in bodies { try whole.apply(body) }
        let expected = Self.kept([whole.decide(.everything)])
        for _ in 0..<3 {
            var late = try Replay()
            var batches: [OutcomeBatch] = []
            for body in bodies.flatMap(SpanSplitter.requests).shuffled(using: &random) {
                try late.apply(body)
                late.now += Int64(random.below(3_000))
                if random.once(in: 3) { batches.append(late.decide(.tick)) }
            }
            batches.append(late.decide(.everything))
            #expect(Self.kept(batches) == expected, "seed \(Self.seed)")
            // An end is counted once.
            let ended = batches.flatMap(\.runs).filter { $0.ended != nil && !$0.wasEnded }.map(\.key)
            #expect(ended.count == Set(ended).count, "seed \(Self.seed)")
        }
    }
}

import Captures
import Folding
import Foundation
import MetricModel
import SeededRandom
import Testing

@Suite struct `Captures of routing tests` {
    static let seed = UInt64.random(in: 0...UInt64.max)

    @Test(
        arguments: ["run01", "run02", "run03", "run04", "run05", "run09-typedrift"], Replay.Order.allCases)
    func `results are those of the suite`(run: String, order: Replay.Order) throws {
        var random = SeededRandom(seed: Self.seed)
        var replay = try Replay()
        try replay.apply(Fixtures.bodies("skill-routing/\(run)"), order, &random)
        let batch = replay.decide(.everything)
        let truth = try #require(try Fixtures.truth("skill-routing")[run] as? [String: Any])
        let total = try #require(truth["total"] as? [String: Any])
        let comment: Comment = "\(run) \(order) seed \(Self.seed)"
        #expect(batch.results.count { $0.outcome == .passed } == total["passed"] as? Int, comment)
        #expect(batch.results.count { $0.outcome == .failed } == total["failed"] as? Int, comment)
        #expect(batch.results.count == total["spans"] as? Int, comment)
        let workers = try #require(truth["by_worker"] as? [String: [String: Any]])
        for (worker, sums) in workers {
            #expect(batch.results.count { $0.worker == worker } == sums["spans"] as? Int, comment)
        }
        let variants = try #require(truth["by_variant"] as? [String: [String: Any]])
        for (variant, sums) in variants {
            let results = batch.results.filter { ($0.trial?.variant ?? "(empty)") == variant }
            Self.compare(results, sums, comment)
            #expect(results.allSatisfy { $0.isInHistory == (variant != "treatment") }, comment)
            #expect(results.allSatisfy { ($0.trial?.experiment != nil) == (variant != "(empty)") }, comment)
        }
        let hashes = try #require(truth["by_hash"] as? [String: [String: Any]])
        for (hash, sums) in hashes {
            Self.compare(batch.results.filter { $0.trial?.edition == hash }, sums, comment)
        }
        #expect(batch.runs.filter { $0.ended != nil }.count == 1, comment)
        #expect(batch.runs.allSatisfy { $0.sequence != nil }, comment)
    }

    private static func compare(_ results: [CaseResult], _ sums: [String: Any], _ comment: Comment) {
        func sum(_ amount: (CaseTrial) -> Double?) -> Double {
            results.reduce(0) { $0 + ($1.trial.flatMap(amount) ?? 0) }
        }
        func truth(_ name: String) -> Double { (sums[name] as? NSNumber)?.doubleValue ?? .nan }
        #expect(Double(results.count) == truth("spans"), comment)
        #expect(Double(results.count { $0.outcome == .passed }) == truth("passed"), comment)
        #expect(abs(sum(\.cost) - truth("cost_usd")) < 1e-6, comment)
        #expect(sum(\.tokens) == truth("token_input") + truth("token_output"), comment)
        // One suite cuts to whole milliseconds.
        #expect(abs(sum(\.latency) - truth("latency_sum")) < 0.001 * truth("spans") + 1e-6, comment)
    }
}

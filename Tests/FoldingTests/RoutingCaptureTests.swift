import Captures
import Folding
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
        #expect(batch.runs.filter { $0.ended != nil }.count == 1, comment)
        #expect(batch.runs.allSatisfy { $0.sequence != nil }, comment)
    }
}

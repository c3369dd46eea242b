import Simulation
import Testing

@Suite struct SimulationTests {
    /// 10,000 histories; `Tests/flakiness` prints more of them as a table.
    @Test(
        arguments: [
            (0.02, 100, 0.97, 0.38), (0.05, 50, 0.97, 0.45), (0.1, 20, 0.83, 0.62), (0.2, 50, 0.98, 0.94),
            (0.5, 100, 0.98, 0.85),
        ] as [(Double, Int, Double, Double)]
    )
    func `flaky tests are found, and few others are called so`(
        rate: Double, runCount: Int, precision: Double, recall: Double
    ) throws {
        let scores = RuleScore.scores(failureRate: rate, runCount: runCount, historyCount: 2_000, seed: 7)
        let ledger = try #require(scores[.ledger])
        let flip = try #require(scores[.anyFlip])
        let commit = try #require(scores[.sameCommit])
        #expect(try #require(ledger.recall) >= (try #require(commit.recall)))
        #expect(try #require(ledger.precision) >= precision)
        #expect(try #require(ledger.recall) >= recall)
        #expect(try #require(ledger.precision) > (try #require(flip.precision)))
    }

    @Test func `with retries nearly every flaky test is found`() throws {
        let scores = RuleScore.scores(
            failureRate: 0.05, runCount: 100, hasRetry: true, historyCount: 2_000, seed: 7)
        let ledger = try #require(scores[.ledger])
        #expect(try #require(ledger.recall) > 0.97)
        #expect(try #require(ledger.precision) > 0.97)
    }

    @Test func `the same seed gives the same histories`() {
        let run = { RuleScore.scores(failureRate: 0.1, runCount: 20, historyCount: 100, seed: 3) }
        #expect(run()[.ledger]?.recall == run()[.ledger]?.recall)
    }
}

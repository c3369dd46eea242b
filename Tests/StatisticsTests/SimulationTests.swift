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

    /// 10,000 experiments of each kind are in the table that `Tests/experiments` prints.
    @Test(arguments: ExperimentDesign.allCases)
    func `looking at an experiment twenty times calls no difference that is none`(design: ExperimentDesign) {
        let rates = CallRates(
            design, chance: 0.9, rise: 0, count: 400, lookCount: 20, experimentCount: 400, seed: 11)
        #expect(rates.sequential <= 0.05)
        #expect(rates.peekedTwoProportion > 0.15)
    }

    @Test func `a difference of ten points is found`() {
        let rates = CallRates(
            .paired, chance: 0.8, rise: 0.1, count: 400, lookCount: 20, experimentCount: 200, seed: 11)
        #expect(rates.sequential > 0.8)
        #expect(rates.mcNemar > 0.9)
    }
}

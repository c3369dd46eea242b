internal import SeededRandom
package import Statistics

/// A way to say from its results whether a test is flaky.
package enum FlakyRule: String, CaseIterable, Sendable {
    /// What the ledger says.
    case ledger = "spanmeter"
    /// 30 to 70 % of the results are passes.
    case passRate = "30–70 % passes"
    /// There is a change between pass and failure.
    case anyFlip = "any flip"
    /// A revision has both.
    case sameCommit = "same commit"
    /// The ledger's, but for its flip rate: at least two flips.
    case twoFlips = "two flips"

    package func isFlaky(_ executions: [Execution], _ judge: inout StabilityJudge) -> Bool {
        let badCount = executions.count { $0.isBad }
        let flips = FlipRate(executions.map(\.isBad))
        switch self {
        case .ledger: return judge.judge(executions).state == .flaky
        case .passRate: return (0.3...0.7).contains(Double(badCount) / Double(max(1, executions.count)))
        case .anyFlip: return flips.flipCount > 0
        case .sameCommit: return Self.isMixed(executions)
        case .twoFlips:
            let low = Wilson.interval(badCount, of: executions.count)?.low ?? 0
            return Self.isMixed(executions) || executions.count >= 5 && flips.flipCount >= 2 && low > 0.02
        }
    }

    /// Runs of a revision are neighbours here.
    private static func isMixed(_ executions: [Execution]) -> Bool {
        zip(executions, executions.dropFirst()).contains {
            $0.revision == $1.revision && $0.isBad != $1.isBad
        }
    }
}

/// How often a rule was right.
package struct RuleScore: Sendable {
    private var foundCount = 0
    private var missedCount = 0
    private var wrongCount = 0

    package init() {}

    package mutating func add(isFlaky: Bool, saidFlaky: Bool) {
        switch (isFlaky, saidFlaky) {
        case (true, true): foundCount += 1
        case (true, false): missedCount += 1
        case (false, true): wrongCount += 1
        case (false, false): break
        }
    }

    /// Of those that were called flaky, how many are; nil where none was.
    package var precision: Double? {
        foundCount + wrongCount == 0 ? nil : Double(foundCount) / Double(foundCount + wrongCount)
    }

    /// Of the flaky ones, how many were found.
    package var recall: Double? {
        foundCount + missedCount == 0 ? nil : Double(foundCount) / Double(foundCount + missedCount)
    }

    /// The scores of all rules for histories of one kind.
    package static func scores(
        failureRate: Double, runCount: Int, hasRetry: Bool = false, historyCount: Int, seed: UInt64
    ) -> [FlakyRule: RuleScore] {
        var generator = SeededRandom(seed: seed)
        var judge = StabilityJudge()
        var scores: [FlakyRule: RuleScore] = [:]
        for _ in 0..<historyCount {
            let history = SimulatedHistory(
                failureRate: failureRate, runCount: runCount, hasRetry: hasRetry, using: &generator)
            for rule in FlakyRule.allCases {
                let saidFlaky = rule.isFlaky(history.executions, &judge)
                scores[rule, default: RuleScore()].add(isFlaky: history.isFlaky, saidFlaky: saidFlaky)
            }
        }
        return scores
    }
}

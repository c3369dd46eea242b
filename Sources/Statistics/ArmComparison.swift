/// Two arms against each other, the second against the first: all their results, and what is known case by case.
///
/// Results of one case are not independent, whether they are of one arm or of both: a case is hard or easy. So a
/// case is what the variance is made of, not a result. A case that both arms ran takes its own difficulty out of
/// the difference, and one that was repeated does not pretend to be many.
package struct ArmComparison: BitwiseCopyable, Sendable {
    package let proportions: TwoProportions
    /// Cases of both arms by which of them passed; a case that did as often as not is in none.
    package private(set) var bothPassed = 0
    package private(set) var onlyFirst = 0
    package private(set) var onlySecond = 0
    package private(set) var nonePassed = 0

    private var squares = 0.0
    private var knownFirst = PassCount(0, of: 0)
    private var knownSecond = PassCount(0, of: 0)

    /// Of all results of both arms; nil where one of them has none. `add` follows for each case.
    package init?(_ first: PassCount, _ second: PassCount) {
        guard let proportions = TwoProportions(first, second) else { return nil }
        self.proportions = proportions
    }

    /// Adds what the arms say of one case. What is never added counts as cases with one result each.
    package mutating func add(_ first: PassCount, _ second: PassCount) {
        guard first.total + second.total > 0 else { return }
        let share = deviation(second, proportions.second) - deviation(first, proportions.first)
        squares += share * share
        knownFirst = PassCount(knownFirst.passed + first.passed, of: knownFirst.total + first.total)
        knownSecond = PassCount(knownSecond.passed + second.passed, of: knownSecond.total + second.total)
        guard first.total > 0, second.total > 0, 2 * first.passed != first.total,
            2 * second.passed != second.total
        else { return }
        switch (2 * first.passed > first.total, 2 * second.passed > second.total) {
        case (true, true): bothPassed += 1
        case (true, false): onlyFirst += 1
        case (false, true): onlySecond += 1
        case (false, false): nonePassed += 1
        }
    }

    /// What a case adds to how far its arm's ratio is from the true one.
    private func deviation(_ own: PassCount, _ all: PassCount) -> Double {
        (Double(own.passed) - all.ratio * Double(own.total)) / Double(all.total)
    }

    /// Whether there is enough to say anything: a standard error of fewer is a guess.
    package var isJudged: Bool {
        min(proportions.first.total, proportions.second.total) >= Self.resultCountMin
    }

    /// Results that each arm needs before it is judged.
    package static let resultCountMin = 20

    /// Results of both arms.
    package var resultCount: Int { proportions.first.total + proportions.second.total }
    package var difference: Double { proportions.difference }
    package var pairCount: Int { bothPassed + onlyFirst + onlySecond + nonePassed }
    package var mcNemar: McNemarTest { McNemarTest(onlyFirst: onlyFirst, onlySecond: onlySecond) }

    /// The standard error of the difference, with cases for units.
    package var standardError: Double {
        let rest = rest(proportions.first, knownFirst) + rest(proportions.second, knownSecond)
        return (squares + rest + unseen(proportions.first) + unseen(proportions.second)).squareRoot()
    }

    /// Results that are nearly all the same show less variance than they have: forty passes are no proof that nothing
    /// ever fails. Such an arm has that of both arms together, as if there were no difference.
    private func unseen(_ all: PassCount) -> Double {
        guard min(all.passed, all.failed) < Self.rareCountMin else { return 0 }
        let both = Double(proportions.first.passed + proportions.second.passed) / Double(resultCount)
        return max(0, both * (1 - both) - all.ratio * (1 - all.ratio)) / Double(all.total)
    }

    /// Fewer passes, or failures, do not tell how many there will be; the rule of thumb for a normal distribution.
    private static let rareCountMin = 5

    /// The squares of what was never added.
    private func rest(_ all: PassCount, _ known: PassCount) -> Double {
        let (passed, failed) = (all.passed - known.passed, all.failed - known.failed)
        guard passed > 0 || failed > 0 else { return 0 }
        let (miss, hit) = (all.ratio / Double(all.total), (1 - all.ratio) / Double(all.total))
        return Double(max(0, passed)) * hit * hit + Double(max(0, failed)) * miss * miss
    }

    package func pValue(_ test: SequentialTest = SequentialTest()) -> Double {
        test.pValue(difference: difference, standardError: standardError, count: resultCount)
    }

    /// The bounds of the difference that hold at every look.
    package func interval(_ test: SequentialTest = SequentialTest()) -> (low: Double, high: Double) {
        let half = test.halfWidth(standardError: standardError, count: resultCount)
        return (max(-1, difference - half), min(1, difference + half))
    }
}

package import SeededRandom
package import Statistics

/// How cases come to the arms of a simulated experiment.
package enum ExperimentDesign: String, CaseIterable, Sendable {
    /// Each case is of one arm and runs once.
    case disjoint = "each case in one arm"
    /// Each case runs once in both arms.
    case paired = "each case in both arms"
    /// Forty cases, half of them in each arm, run again at every look.
    case repeated = "40 cases, again and again"
    /// Forty cases run again in both arms at every look.
    case repeatedPairs = "40 cases in both arms, again and again"
}

/// An experiment whose truth is known, looked at as it grows.
///
/// Cases differ: each has its own chance to pass, spread around the arm's, and in both arms the same but for what the
/// arms differ by.
package struct SimulatedExperiment {
    private static let repeatedCaseCount = 40

    private let design: ExperimentDesign
    private let chances: [Double]
    private let rise: Double
    private var tallies: [(first: PassCount, second: PassCount)]

    /// - Parameters:
    ///   - chance: of the first arm's cases to pass, on average.
    ///   - rise: by how much the second arm's is above.
    ///   - count: results of each arm in the end.
    package init(
        _ design: ExperimentDesign, chance: Double, rise: Double, count: Int,
        using generator: inout SeededRandom
    ) {
        self.design = design
        self.rise = rise
        let caseCount: Int =
            switch design {
            case .disjoint: 2 * count
            case .paired: count
            case .repeated, .repeatedPairs: Self.repeatedCaseCount
            }
        // As far to both sides as there is room with the rise.
        let spread = min(chance, 1 - chance - max(0, rise)) * 0.9
        chances = (0..<caseCount).map { _ in
            chance + Double.random(in: -spread...spread, using: &generator)
        }
        tallies = Array(repeating: (PassCount(0, of: 0), PassCount(0, of: 0)), count: caseCount)
    }

    /// Runs so many more cases in each arm, from the `done`th on.
    package mutating func run(from done: Int, count: Int, using generator: inout SeededRandom) {
        for number in done..<done + count {
            switch design {
            case .disjoint:
                runFirst(2 * number, &generator)
                runSecond(2 * number + 1, &generator)
            case .paired:
                runFirst(number, &generator)
                runSecond(number, &generator)
            case .repeated:
                let half = Self.repeatedCaseCount / 2
                runFirst(number % half, &generator)
                runSecond(half + number % half, &generator)
            case .repeatedPairs:
                runFirst(number % Self.repeatedCaseCount, &generator)
                runSecond(number % Self.repeatedCaseCount, &generator)
            }
        }
    }

    private mutating func runFirst(_ number: Int, _ generator: inout SeededRandom) {
        let isPass = Double.random(in: 0..<1, using: &generator) < chances[number]
        tallies[number].first.total += 1
        if isPass { tallies[number].first.passed += 1 }
    }

    private mutating func runSecond(_ number: Int, _ generator: inout SeededRandom) {
        let isPass = Double.random(in: 0..<1, using: &generator) < chances[number] + rise
        tallies[number].second.total += 1
        if isPass { tallies[number].second.passed += 1 }
    }

    /// The arms against each other as they are now; nil before the first run.
    package var comparison: ArmComparison? {
        var (first, second) = (PassCount(0, of: 0), PassCount(0, of: 0))
        for tally in tallies {
            first = PassCount(first.passed + tally.first.passed, of: first.total + tally.first.total)
            second = PassCount(second.passed + tally.second.passed, of: second.total + tally.second.total)
        }
        var comparison = ArmComparison(first, second)
        for tally in tallies { comparison?.add(tally.first, tally.second) }
        return comparison
    }
}

/// How often each test called a difference in simulated experiments.
package struct CallRates: Sendable {
    /// At one of the looks.
    package var sequential = 0.0
    package var peekedTwoProportion = 0.0
    /// At the last look.
    package var twoProportion = 0.0
    package var fisher = 0.0
    package var mcNemar = 0.0
    package var sequentialAtEnd = 0.0

    /// - Parameters:
    ///   - count: results of each arm at the last look.
    ///   - lookCount: looks, evenly spread.
    package init(
        _ design: ExperimentDesign, chance: Double, rise: Double, count: Int, lookCount: Int,
        experimentCount: Int, seed: UInt64
    ) {
        var generator = SeededRandom(seed: seed)
        let test = SequentialTest()
        let share = 1 / Double(experimentCount)
        for _ in 0..<experimentCount {
            var experiment = SimulatedExperiment(
                design, chance: chance, rise: rise, count: count, using: &generator)
            var (isCalled, isPeeked) = (false, false)
            for look in 0..<lookCount {
                let step = count / lookCount
                experiment.run(from: look * step, count: step, using: &generator)
                guard let comparison = experiment.comparison else { continue }
                if comparison.isJudged, comparison.pValue(test) < test.alpha { isCalled = true }
                if comparison.proportions.pValue < test.alpha { isPeeked = true }
            }
            guard let last = experiment.comparison else { continue }
            let counts = last.proportions
            if isCalled { sequential += share }
            if isPeeked { peekedTwoProportion += share }
            if counts.pValue < test.alpha { twoProportion += share }
            if FisherTest.pValue(counts.first, counts.second) < test.alpha { fisher += share }
            if last.mcNemar.exactPValue < test.alpha { mcNemar += share }
            if last.isJudged, last.pValue(test) < test.alpha { sequentialAtEnd += share }
        }
    }
}

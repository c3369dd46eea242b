/// What is to be said of an experiment.
package enum ExperimentState: String, Sendable, CaseIterable {
    /// The arms did not get equal shares of the cases: nothing can be said of them.
    case srm
    /// An arm has too few results for anything.
    case tooFew = "too_few"
    /// An arm is better than the one in force, or that is better than all others.
    case winner
    /// Whatever the difference is, it is too small to matter.
    case noDifference = "no_difference"
    case running
}

/// Judges an experiment whose arms are held against the one in force; may be asked at every look.
package struct ExperimentVerdict: Sendable, Equatable {
    /// An arm that is tried.
    package struct Arm: Sendable {
        package let name: String
        /// The arm in force first.
        package let comparison: ArmComparison

        package init(name: String, comparison: ArmComparison) {
            self.name = name
            self.comparison = comparison
        }
    }

    package let state: ExperimentState
    /// A sentence without its full stop: why it is in this state.
    package let reason: String
    /// The better arm; nil in other states.
    package let winner: String?

    /// Differences below five points of a hundred are too small to matter.
    package static let margin = 0.05

    /// - Parameters:
    ///   - reference: the name of the arm in force.
    ///   - tooFew: an arm that has no result at all, so that it is not among `arms`.
    ///   - arms: the others.
    ///   - sampleRatio: the p value of the shares that they were meant to get.
    package init(reference: String, tooFew: String?, arms: [Arm], sampleRatio: Double?) {
        if let sampleRatio, sampleRatio < SampleRatio.alertPValue {
            self.init(.srm, "the arms did not get their shares of the results, p \(Self.number(sampleRatio))")
            return
        }
        let young = arms.first { !$0.comparison.isJudged }
        if tooFew != nil || young != nil || arms.isEmpty {
            self.init(.tooFew, Self.tooFewReason(reference, tooFew, young, arms.isEmpty))
            return
        }
        // Each of several arms has its share of the error.
        let test = SequentialTest()
        let called = arms.filter { $0.comparison.pValue(test) * Double(arms.count) < test.alpha }
        let better = called.filter { $0.comparison.difference > 0 }
        if let best = better.max(by: { $0.comparison.difference < $1.comparison.difference }) {
            self.init(
                .winner, "\(best.name) passes more often than \(reference): \(Self.text(best))", best.name)
        } else if called.count == arms.count, let worst = called.first {
            self.init(.winner, "\(reference) passes more often: \(Self.text(worst))", reference)
        } else if let wide = arms.first(where: { !Self.isWithinMargin($0.comparison, test) }) {
            self.init(.running, "a difference may still be found: \(Self.text(wide))")
        } else {
            self.init(
                .noDifference,
                "any difference is below \(Self.points(Self.margin)) points: \(Self.text(arms[0]))")
        }
    }

    private init(_ state: ExperimentState, _ reason: String, _ winner: String? = nil) {
        self.state = state
        self.reason = reason
        self.winner = winner
    }

    private static func tooFewReason(
        _ reference: String, _ missing: String?, _ young: Arm?, _ isAlone: Bool
    ) -> String {
        if let missing { return "\(missing) has no results" }
        guard !isAlone, let young else { return "\(reference) is the only arm" }
        let counts = young.comparison.proportions
        let first = counts.first.total < counts.second.total
        return
            "\(first ? reference : young.name) has \(min(counts.first.total, counts.second.total)) results, "
            + "\(ArmComparison.resultCountMin) are the least"
    }

    private static func isWithinMargin(_ comparison: ArmComparison, _ test: SequentialTest) -> Bool {
        let interval = comparison.interval(test)
        return interval.low > -margin && interval.high < margin
    }

    private static func text(_ arm: Arm) -> String {
        let interval = arm.comparison.interval()
        return "\(arm.name) is at \(points(arm.comparison.difference)) points, "
            + "between \(points(interval.low)) and \(points(interval.high)) at every look, "
            + "p \(number(arm.comparison.pValue()))"
    }

    /// Hundredths with one digit behind the point.
    private static func points(_ value: Double) -> String {
        let tenths = Int((value * 1_000).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    private static func number(_ value: Double) -> String {
        value < 0.001 ? "below 0.001" : "\((value * 1_000).rounded() / 1_000)"
    }
}

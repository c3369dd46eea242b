import PromQL

/// `promql/rate-window`: a rate in a rule or alert looks back over at least four scrapes.
///
/// With fewer, one lost scrape leaves it without a value.
enum RateWindowCheck: ExpressionCheck {
    static let name = "promql/rate-window"

    /// What the generated data source says, and Prometheus in the generated compose file does.
    static let scrapeSeconds = 15.0

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        guard !expression.use.isOfBoard else { return [] }
        return tree.rangeFunctionUses.compactMap { use in
            guard use.isRate, case .range(_, let window) = use.argument.node, let seconds = window.seconds,
                seconds < 4 * scrapeSeconds
            else { return nil }
            return expression.finding(
                Self.self, at: use.place,
                "has \(use.function) over [\(window.text)]; wanted at least [1m], four scrapes of 15s")
        }
    }
}

extension PromQLDuration {
    /// nil for a variable.
    var seconds: Double? {
        guard case .nanoseconds(let nanoseconds) = self else { return nil }
        return Double(nanoseconds) / 1e9
    }
}

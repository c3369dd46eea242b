import PromQL

/// `promql/rate-of-sum`: rates come before sums: `sum(rate(x))`, never `rate(sum(x))`.
///
/// A sum hides which series began anew, so that each restart looks like a jump.
enum RateOfSumCheck: ExpressionCheck {
    static let name = "promql/rate-of-sum"

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.rangeFunctionUses.filter { $0.isRate && $0.isOfAggregation }.map { use in
            expression.finding(
                Self.self, at: use.place,
                "takes \(use.function) of an aggregation; wanted the aggregation of the \(use.function)")
        }
    }
}

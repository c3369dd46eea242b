import PromQL

/// `promql/average-of-ratios`: shares are not summed or averaged; the share of the sums is wanted.
///
/// The average of 1 of 1 and 0 of 99 is one half, and one hundredth is right. A sum is a warning only: what looks
/// like a share may be an amount of one thing for each of another.
enum AverageOfRatiosCheck: ExpressionCheck {
    static let name = "promql/average-of-ratios"

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.descendants.compactMap { node in
            switch node.node {
            case .aggregation(let aggregation)
            where ["avg", "sum"].contains(aggregation.name) && joins(aggregation, known):
                guard known.isRatio(aggregation.inner) else {
                    guard let gauge = ratioGauge(aggregation.inner, known) else { return nil }
                    return expression.finding(
                        Self.self, .warning, at: node.range,
                        "takes the \(aggregation.name) of '\(gauge)', whose values weigh differently; "
                            + "wanted the ratio of sums, or the worst")
                }
                return expression.finding(
                    Self.self, aggregation.name == "avg" ? .error : .warning, at: node.range,
                    "takes the \(aggregation.name) of ratios; wanted the ratio of sums, or the worst")
            case .call(let call) where call.name == "avg_over_time":
                guard let range = call.arguments.first, isRatio(range, known) else { return nil }
                return expression.finding(
                    Self.self, .warning, at: node.range,
                    "averages a ratio over time, however much happened; wanted the ratio over the whole time")
            default: return nil
            }
        }
    }

    /// Whether several series become one: some use an aggregation only to lose the metric's name.
    private static func joins(_ aggregation: Aggregation, _ known: KnownSeries) -> Bool {
        guard let grouping = aggregation.grouping, !grouping.isWithout,
            let labels = known.labels(of: aggregation.inner)
        else { return true }
        return !labels.subtracting(aggregation.inner.fixedLabels.keys).isSubset(of: grouping.labels)
    }

    private static func isRatio(_ range: PromQLExpression, _ known: KnownSeries) -> Bool {
        guard case .subquery(let subquery) = range.unwrapped.node else {
            return known.isRatio(range.unwrapped)
        }
        return known.isRatio(subquery.inner)
    }

    /// A gauge that says of itself that it is a ratio.
    private static func ratioGauge(_ inner: PromQLExpression, _ known: KnownSeries) -> String? {
        guard case .selector(let selector) = inner.unwrapped.node, let metric = selector.metric,
            metric.hasSuffix("_ratio"), known[metric]?.kind == .gauge
        else { return nil }
        return metric
    }
}

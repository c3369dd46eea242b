import PromQL

/// `promql/bare-counter`: a counter is shown or compared by how it grows, not by what it has come to.
///
/// What it has come to depends on when the sidecar began. Differences, changes, counts of series and whether a
/// counter exists are fine.
enum BareCounterCheck: ExpressionCheck {
    static let name = "promql/bare-counter"

    private static let functions: Set = [
        "rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "changes", "resets",
        "max_over_time", "min_over_time", "absent", "absent_over_time", "count_over_time",
        "present_over_time", "timestamp",
    ]
    private static let aggregations: Set = ["count", "group", "count_values"]

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        guard expression.use != .variable else { return [] }
        return tree.selectorUses.compactMap { use in
            guard let metric = use.selector.metric, known[metric]?.kind.isCumulative == true,
                !use.enclosing.contains(where: { isFine($0, use, metric) })
            else { return nil }
            return expression.finding(
                Self.self, at: use.place,
                "has the counter '\(metric)' as it is; wanted its rate or increase")
        }
    }

    private static func isFine(_ outer: PromQLExpression, _ use: SelectorUse, _ metric: String) -> Bool {
        switch outer.node {
        case .call(let call): return functions.contains(call.name)
        case .aggregation(let aggregation): return aggregations.contains(aggregation.name)
        case .binary(let operation):
            switch operation.operator {
            case .subtract:
                return operation.left.metricNames.contains(metric)
                    && operation.right.metricNames.contains(metric)
            // Only whether it is there.
            case .and, .unless: return operation.right.range.contains(use.place.lowerBound)
            default: return false
            }
        default: return false
        }
    }
}

import PromQL

/// `promql/counter`: `rate`, `irate` and `increase` are applied to counters, `delta`, `deriv` and their like to what
/// may fall.
///
/// A rate takes each fall for a restart, and adds what was before; a `delta` of a counter is negative after one.
enum CounterRateCheck: ExpressionCheck {
    static let name = "promql/counter"

    private static let differences: Set = ["delta", "idelta", "deriv", "predict_linear"]

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.rangeFunctionUses.compactMap { use in
            guard case .range(let selector, _) = use.argument.node, let metric = selector.metric,
                let kind = known[metric]?.kind
            else { return nil }
            if use.isRate, kind == .gauge || kind == .recorded {
                return expression.finding(
                    Self.self, at: use.place,
                    "takes \(use.function) of '\(metric)', which is "
                        + (kind == .gauge ? "a gauge; wanted delta or deriv" : "recorded; wanted its counter")
                )
            }
            if differences.contains(use.function), kind.isCumulative {
                return expression.finding(
                    Self.self, .warning, at: use.place,
                    "takes \(use.function) of '\(metric)', which is a counter; wanted rate or increase")
            }
            return nil
        }
    }
}

import PromQL

/// `promql/instance-bound`: no selector names a job or an instance.
///
/// Targets come, go and are named by whoever scrapes them; series carry service and environment. Only what is about
/// targets themselves (`up`, `scrape_…`, `process_…`) and series from elsewhere may name a job.
enum InstanceBoundCheck: ExpressionCheck {
    static let name = "promql/instance-bound"

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.selectorUses.flatMap { use in
            let isOfTargets =
                use.selector.metric.map {
                    $0 == "up" || $0.hasPrefix("scrape_") || $0.hasPrefix("process_")
                        || known[$0]?.kind == .foreign
                } ?? true
            return use.selector.matchers.filter { matcher in
                matcher.label == "instance" || (matcher.label == "job" && !isOfTargets)
            }.map { matcher in
                expression.finding(
                    Self.self, at: use.place,
                    "is bound to \(matcher.label)\(matcher.comparison.rawValue)\"\(matcher.value)\"; "
                        + "wanted service and environment")
            }
        }
    }
}

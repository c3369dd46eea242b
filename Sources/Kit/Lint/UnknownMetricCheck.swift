import Packs
import PromQL

/// `promql/unknown-metric`: every series that is asked for comes from a pack, a rule, the sidecar or Prometheus, or
/// is named below `external`.
///
/// A name that nobody exposes shows an empty panel, or makes an alert that never fires. In the `value` of an
/// objective, which nothing evaluates, it is a warning.
enum UnknownMetricCheck: ExpressionCheck {
    static let name = "promql/unknown-metric"

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.selectorUses.compactMap { use in
            guard let metric = use.selector.metric, known[metric] == nil else { return nil }
            var hint = "; wanted one of a pack, of a rule, or one named below 'external'"
            if known[metric + "_bucket"] != nil {
                hint = "; it is a histogram: wanted \(metric)_bucket, _sum or _count"
            } else if let near = Nearest.name(to: metric, among: known.names.sorted()) {
                hint = "; did you mean '\(near)'"
            }
            return expression.finding(
                Self.self, expression.part == LintedKit.objectiveValue ? .warning : .error, at: use.place,
                "asks for the metric '\(metric)', which nobody has\(hint)")
        }
    }
}

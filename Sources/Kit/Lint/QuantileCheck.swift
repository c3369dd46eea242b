import PromQL

/// `promql/quantile`: quantiles are asked of the buckets of a histogram, with their bounds (`le`) still there.
enum QuantileCheck: ExpressionCheck {
    static let name = "promql/quantile"

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.histogramUses.compactMap { use in
            let wrong = use.buckets.selectorUses.lazy.compactMap { selector -> String? in
                guard let metric = selector.selector.metric, let series = known[metric] else { return nil }
                switch series.kind {
                case .buckets, .foreign: return nil
                case .recorded: return series.labels?.contains("le") == false ? metric : nil
                case .counter, .gauge: return metric
                }
            }.first
            if let wrong {
                return expression.finding(
                    Self.self, at: use.place,
                    "takes \(use.function) of '\(wrong)', which has no buckets; wanted those of a histogram")
            }
            guard use.keepsBucketLabel(metricLabels: { known.resultLabels($0) }) == false else { return nil }
            return expression.finding(
                Self.self, at: use.place,
                "takes \(use.function) of buckets without their bounds; wanted 'le' in what it is grouped by")
        }
    }
}

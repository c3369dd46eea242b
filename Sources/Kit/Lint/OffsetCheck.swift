import PromQL

/// `promql/offset`: nothing looks into the future.
enum OffsetCheck: ExpressionCheck {
    static let name = "promql/offset"

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.descendants.compactMap { node in
            let placement: TimePlacement
            switch node.node {
            case .selector(let selector), .range(let selector, _): placement = selector.placement
            case .subquery(let subquery): placement = subquery.placement
            default: return nil
            }
            guard let offset = placement.offset, (offset.seconds ?? 0) < 0 else { return nil }
            return expression.finding(
                Self.self, at: node.range, "has the offset \(offset.text), which is in the future")
        }
    }
}

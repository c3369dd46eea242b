import PromQL

/// `promql/fragile`: a side of an operator is not aggregated with `without`, unless `on` says what is matched.
///
/// A label more or less on the metric, and the sides no longer match. Where the labels of both sides are known,
/// `promql/vector-matching` says so when it happens.
enum FragileCheck: ExpressionCheck {
    static let name = "promql/fragile"

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.descendants.flatMap { node -> [LintFinding] in
            guard case .binary(let operation) = node.node, operation.operator != .or,
                operation.left.type == .instantVector, operation.right.type == .instantVector,
                operation.matching?.isOn != true,
                known.labels(of: operation.left) == nil || known.labels(of: operation.right) == nil,
                // Both sides alike follow every change together.
                operation.left.metricNames != operation.right.metricNames
            else { return [] }
            return [operation.left, operation.right].compactMap { side in
                guard let aggregation = side.outermostAggregation, let grouping = aggregation.grouping,
                    grouping.isWithout
                else { return nil }
                return expression.finding(
                    Self.self, .warning, at: side.range,
                    "matches '\(operation.operator.rawValue)' by whatever 'without' leaves; "
                        + "wanted 'by', or 'on' with the labels")
            }
        }
    }
}

extension PromQLExpression {
    /// The aggregation whose labels the result has.
    fileprivate var outermostAggregation: Aggregation? {
        switch node {
        case .aggregation(let aggregation): return aggregation
        case .unary(_, let inner), .parenthesised(let inner): return inner.outermostAggregation
        case .call(let call):
            return call.arguments.first { $0.type == .instantVector }?.outermostAggregation
        default: return nil
        }
    }
}

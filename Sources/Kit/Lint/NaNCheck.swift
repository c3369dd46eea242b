import PromQL

/// `promql/nan`: nothing is compared with NaN, which is neither equal to anything nor above or below it.
enum NaNCheck: ExpressionCheck {
    static let name = "promql/nan"

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.descendants.compactMap { node in
            guard case .binary(let operation) = node.node, operation.operator.isComparison,
                [operation.left, operation.right].contains(where: { side in
                    if case .number(let number) = side.unwrapped.node { number.isNaN } else { false }
                })
            else { return nil }
            return expression.finding(
                Self.self, at: node.range,
                "compares \(expression.quoted(node.range)), which never holds; x != x is true for NaN only")
        }
    }
}

import PromQL

/// `promql/impossible`: what contradicts itself is not asked for.
///
/// Two matchers that no value satisfies, or two sides that must agree in a label and have different values of it.
enum ImpossibleCheck: ExpressionCheck {
    static let name = "promql/impossible"

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.descendants.compactMap { node in
            switch node.node {
            case .selector(let selector), .range(let selector, _):
                guard let label = contradiction(selector.matchers) else { return nil }
                return expression.finding(
                    Self.self, at: node.range,
                    "selects nothing in \(expression.quoted(node.range)): no '\(label)' satisfies its matchers"
                )
            case .binary(let operation) where operation.operator != .or:
                let (left, right) = (operation.left.fixedLabels, operation.right.fixedLabels)
                let label = left.keys.sorted().first { label in
                    right[label].map { $0 != left[label] } ?? false && operation.isMatched(label)
                }
                guard let label else { return nil }
                return expression.finding(
                    Self.self, at: node.range,
                    "matches \(label)=\"\(left[label] ?? "")\" with \(label)=\"\(right[label] ?? "")\" by "
                        + "'\(operation.operator.rawValue)', which never agree; wanted 'ignoring (\(label))', "
                        + "or both sides without it")
            default: return nil
            }
        }
    }

    private static func contradiction(_ matchers: [LabelMatcher]) -> String? {
        var wanted: [String: String] = [:]
        for matcher in matchers where matcher.comparison == .equal {
            guard VariableNames.names(in: matcher.value).isEmpty else { continue }
            if let other = wanted.updateValue(matcher.value, forKey: matcher.label), other != matcher.value {
                return matcher.label
            }
        }
        return matchers.first { $0.comparison == .notEqual && wanted[$0.label] == $0.value }?.label
    }
}

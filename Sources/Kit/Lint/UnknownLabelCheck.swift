import Packs
import PromQL

/// `promql/unknown-label`: matchers, `by`, `without`, `on`, `ignoring` and `group_left` name labels that the series
/// can have.
///
/// A matcher of a label that is not there selects nothing; a grouping by it makes one group of everything.
enum UnknownLabelCheck: ExpressionCheck {
    static let name = "promql/unknown-label"

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.descendants.flatMap { node -> [LintFinding] in
            switch node.node {
            case .selector(let selector), .range(let selector, _):
                return matchers(selector, node, expression, known)
            case .aggregation(let aggregation):
                guard let grouping = aggregation.grouping, let labels = known.labels(of: aggregation.inner)
                else { return [] }
                // 'without' may name what only some replicas' targets have.
                let allowed = grouping.isWithout ? labels.union(KnownSeries.targetLabels) : labels
                let word = grouping.isWithout ? "without" : "by"
                return unknown(
                    grouping.labels, allowed, "'\(word)' of \(aggregation.name)", node, expression)
            case .binary(let operation): return matching(operation, node, expression, known)
            default: return []
            }
        }
    }

    private static func matchers(
        _ selector: VectorSelector, _ node: PromQLExpression, _ expression: LintedExpression,
        _ known: KnownSeries
    ) -> [LintFinding] {
        guard let metric = selector.metric, let labels = known.labels(metric) else { return [] }
        let names = selector.matchers.map(\.label).filter { $0 != LabelMatcher.nameLabel }
        return unknown(names, labels, "a matcher of '\(metric)'", node, expression)
    }

    private static func matching(
        _ operation: BinaryOperation, _ node: PromQLExpression, _ expression: LintedExpression,
        _ known: KnownSeries
    ) -> [LintFinding] {
        guard let matching = operation.matching, let left = known.labels(of: operation.left),
            let right = known.labels(of: operation.right)
        else { return [] }
        let word = matching.isOn ? "on" : "ignoring"
        var found = unknown(
            matching.labels, left.union(right), "'\(word)' of '\(operation.operator.rawValue)'", node,
            expression)
        if let group = matching.group {
            let one = group.manySide == .left ? right : left
            found += unknown(
                group.included, one, "'group_\(group.manySide.rawValue)'", node, expression)
        }
        return found
    }

    private static func unknown(
        _ names: [String], _ labels: Set<String>, _ what: String, _ node: PromQLExpression,
        _ expression: LintedExpression
    ) -> [LintFinding] {
        names.filter { !labels.contains($0) }.map { name in
            expression.finding(
                Self.self, at: node.range,
                "has the label '\(name)' in \(what), which has "
                    + (labels.isEmpty ? "no labels" : labels.sorted().joined(separator: ", "))
                    + Nearest.hint(for: name, among: labels))
        }
    }
}

import PromQL

/// `promql/many-matches`: of two sides that are matched one to one, each has one series for each match.
///
/// Where a side has labels besides those that are matched, Prometheus may find several series and answer with an
/// error. A label that a matcher sets to one value is fine.
enum ManyMatchesCheck: ExpressionCheck {
    static let name = "promql/many-matches"

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.descendants.flatMap { node -> [LintFinding] in
            guard case .binary(let operation) = node.node, !operation.operator.isSetOperator,
                operation.left.type == .instantVector, operation.right.type == .instantVector,
                let matching = operation.matching
            else { return [] }
            // Where they are not on both sides, other checks say so.
            if matching.isOn {
                for side in [operation.left, operation.right] {
                    guard known.labels(of: side)?.isSuperset(of: matching.labels) != false else { return [] }
                }
            }
            let many = matching.group?.manySide
            let sides = [(BinaryOperation.Side.left, operation.left), (.right, operation.right)]
            return sides.filter { $0.0 != many }.compactMap { side, part in
                guard let labels = known.labels(of: part) else { return nil }
                let fixed = part.fixedLabels
                // An instance belongs to one job.
                let implied: Set = operation.isMatched("instance") ? ["job"] : []
                let free = labels.subtracting(implied).filter { !operation.isMatched($0) && fixed[$0] == nil }
                guard !free.isEmpty else { return nil }
                let list = free.sorted().joined(separator: ", ")
                let group = side == .left ? "group_left" : "group_right"
                return expression.finding(
                    Self.self, .warning, at: part.range,
                    "matches '\(operation.operator.rawValue)' whatever its \(side.rawValue) side has of \(list); "
                        + "wanted an aggregation without it, or \(group) if there may be several")
            }
        }
    }
}

import Packs
import PromQL

/// `alerts/comparison`: an alert has a condition that can be false; only a heartbeat always fires.
///
/// Without a comparison every series fires, whatever its value; with `bool`, 0 fires as well as 1.
enum AlertComparisonCheck: LintCheck {
    static let name = "alerts/comparison"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.alerts.compactMap { alert in
            guard alert.description.severity != .heartbeat, let tree = alert.expression.tree,
                !isCondition(tree)
            else { return nil }
            return alert.expression.finding(
                Self.self, at: tree.range,
                "always fires: \(alert.expression.quoted(tree.range)) compares nothing; "
                    + "wanted a comparison without 'bool', absent(), or severity heartbeat")
        }
    }

    /// Whether the result can be empty though all series are there.
    private static func isCondition(_ expression: PromQLExpression) -> Bool {
        switch expression.node {
        case .number, .string, .selector, .range: return false
        case .subquery(let subquery): return isCondition(subquery.inner)
        case .unary(_, let inner), .parenthesised(let inner): return isCondition(inner)
        case .aggregation(let aggregation): return isCondition(aggregation.inner)
        case .call(let call):
            if call.name == "absent" || call.name == "absent_over_time" { return true }
            return expression.type == .instantVector && call.name != "vector"
                && call.arguments.contains { isCondition($0) }
        case .binary(let operation):
            switch operation.operator {
            case .unless: return true
            case .or: return isCondition(operation.left) && isCondition(operation.right)
            case let other where other.isComparison && !operation.returnsBool: return true
            default: return isCondition(operation.left) || isCondition(operation.right)
            }
        }
    }
}

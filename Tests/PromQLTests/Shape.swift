import PromQL

/// A tree as text without places, with every level in parentheses: what tells two trees apart.
enum Shape {
    static func text(of expression: PromQLExpression) -> String {
        switch expression.node {
        case .number(let number): "\(number)"
        case .string(let string): string.debugDescription
        case .selector(let selector): self.text(of: selector)
        case .range(let selector, let range): "(range \(text(of: selector)) \(range.text))"
        case .subquery(let subquery):
            "(subquery \(text(of: subquery.inner)) \(subquery.range.text) \(subquery.step?.text ?? "_")"
                + "\(text(of: subquery.placement)))"
        case .unary(let isMinus, let inner): "(\(isMinus ? "-" : "+") \(text(of: inner)))"
        case .parenthesised(let inner): "[\(text(of: inner))]"
        case .binary(let operation):
            "(\(operation.operator)\(operation.returnsBool ? " bool" : "")\(text(of: operation.matching)) "
                + "\(text(of: operation.left)) \(text(of: operation.right)))"
        case .aggregation(let aggregation):
            "(\(aggregation.name) \(text(of: aggregation.grouping))"
                + "\(aggregation.parameter.map { text(of: $0) + " " } ?? "")\(text(of: aggregation.inner)))"
        case .call(let call): "(\(([call.name] + call.arguments.map(text)).joined(separator: " ")))"
        }
    }

    private static func text(of selector: VectorSelector) -> String {
        let matchers = selector.matchers.map {
            "\($0.label) \($0.comparison.rawValue) \($0.value.debugDescription)"
        }
        return "\(selector.name ?? "")\(matchers.isEmpty ? "" : "\(matchers)")\(text(of: selector.placement))"
    }

    private static func text(of placement: TimePlacement) -> String {
        (placement.offset.map { " offset \($0)" } ?? "") + (placement.at.map { " @ \($0)" } ?? "")
    }

    private static func text(of matching: BinaryOperation.Matching?) -> String {
        guard let matching else { return "" }
        let group = matching.group.map { " \($0.manySide) has many, takes \($0.included)" } ?? ""
        return " \(matching.isOn ? "on" : "ignoring") \(matching.labels)\(group)"
    }

    private static func text(of grouping: Aggregation.Grouping?) -> String {
        grouping.map { "\($0.isWithout ? "without" : "by") \($0.labels) " } ?? ""
    }
}

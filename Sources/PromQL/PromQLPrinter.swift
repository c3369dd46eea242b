extension PromQLExpression {
    /// The expression in canonical form: one line, single spaces, keywords in lower case, plain numbers, strings in
    /// double quotes, groupings before the parentheses. Parsed again, it is the same tree.
    package var text: String { PromQLPrinter.text(of: self) }
}

extension VectorSelector {
    /// The selector without its range, with offset and `@`.
    package var text: String { PromQLPrinter.braces(of: self) + PromQLPrinter.text(of: placement) }
}

/// Writes trees as text.
enum PromQLPrinter {
    static func text(of expression: PromQLExpression) -> String {
        switch expression.node {
        case .number(let number): return NumberText.canonical(number)
        case .string(let string): return StringText.quoted(string)
        case .selector(let selector): return selector.text
        case .range(let selector, let range):
            return rangeSelector(selector, range)
        case .subquery(let subquery):
            let brackets = "[\(subquery.range.text):\(subquery.step?.text ?? "")]"
            return text(of: subquery.inner) + brackets + text(of: subquery.placement)
        case .unary(let isMinus, let inner): return (isMinus ? "-" : "+") + text(of: inner)
        case .parenthesised(let inner): return "(\(text(of: inner)))"
        case .binary(let operation): return text(of: operation)
        case .aggregation(let aggregation):
            let parameter = aggregation.parameter.map { text(of: $0) + ", " } ?? ""
            return
                "\(aggregation.name)\(text(of: aggregation.grouping))(\(parameter)\(text(of: aggregation.inner)))"
        case .call(let call): return "\(call.name)(\(call.arguments.map(text).joined(separator: ", ")))"
        }
    }

    /// The selector without offset and `@`.
    static func braces(of selector: VectorSelector) -> String {
        let name = selector.name ?? ""
        guard !selector.matchers.isEmpty || name.isEmpty else { return name }
        let matchers = selector.matchers.map {
            label($0.label) + $0.comparison.rawValue + StringText.quoted($0.value)
        }
        return "\(name){\(matchers.joined(separator: ", "))}"
    }

    /// `@` comes first: Prometheus lets `x @ start() [5m]` pass, and this form is the same.
    static func text(of placement: TimePlacement) -> String {
        let at =
            switch placement.at {
            case .none: ""
            case .start: " @ start()"
            case .end: " @ end()"
            case .seconds(let seconds): " @ \(NumberText.canonical(seconds))"
            }
        return at + (placement.offset.map { " offset \($0.text)" } ?? "")
    }

    private static func rangeSelector(_ selector: VectorSelector, _ range: PromQLDuration) -> String {
        braces(of: selector) + "[\(range.text)]" + text(of: selector.placement)
    }

    private static func text(of operation: BinaryOperation) -> String {
        var middle = " \(operation.operator.rawValue)\(operation.returnsBool ? " bool" : "")"
        if let matching = operation.matching {
            middle += " \(matching.isOn ? "on" : "ignoring") \(list(matching.labels))"
            // The empty list is written, so that a parenthesis behind it cannot be taken for one.
            if let group = matching.group {
                middle += " group_\(group.manySide.rawValue) \(list(group.included))"
            }
        }
        return "\(text(of: operation.left))\(middle) \(text(of: operation.right))"
    }

    private static func text(of grouping: Aggregation.Grouping?) -> String {
        guard let grouping else { return "" }
        return " \(grouping.isWithout ? "without" : "by") \(list(grouping.labels)) "
    }

    private static func list(_ labels: [String]) -> String {
        // In a list these would be numbers and a keyword; in braces they are names.
        let names = labels.map {
            ["inf", "nan", "without"].contains($0.lowercased()) ? StringText.quoted($0) : label($0)
        }
        return "(\(names.joined(separator: ", ")))"
    }

    private static func label(_ name: String) -> String {
        let isPlain =
            !name.isEmpty && !PromQLLexer.isDigit(name.utf8.first)
            && name.utf8.allSatisfy { PromQLLexer.isLetter($0) || PromQLLexer.isDigit($0) }
        return isPlain ? name : StringText.quoted(name)
    }
}

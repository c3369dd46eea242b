/// Whether the parts of an expression fit together, by Prometheus' rules.
enum TypeCheck {
    /// Checks `expression` and everything below it.
    static func check(_ expression: PromQLExpression) throws(Complaint) {
        for child in expression.children { try check(child) }
        let start = expression.range.lowerBound
        switch expression.node {
        case .number, .string, .parenthesised: break
        case .selector(let selector), .range(let selector, _): try check(selector, at: start)
        case .subquery(let subquery): try expect(.instantVector, subquery.inner, as: "a subquery")
        case .unary(_, let inner):
            guard isArithmetic(inner) else {
                throw Complaint("a sign stands before a \(inner.type.rawValue)", at: start)
            }
        case .aggregation(let aggregation):
            try expect(.instantVector, aggregation.inner, as: "'\(aggregation.name)'")
            if let parameter = aggregation.parameter {
                let wanted: PromQLExpression.ValueType =
                    aggregation.name == "count_values" ? .string : .scalar
                try expect(wanted, parameter, as: "the parameter of '\(aggregation.name)'")
            }
        case .binary(let operation): try check(operation, at: start)
        case .call(let call): try check(call, at: start)
        }
    }

    private static func isArithmetic(_ expression: PromQLExpression) -> Bool {
        expression.type == .scalar || expression.type == .instantVector
    }

    private static func expect(
        _ type: PromQLExpression.ValueType, _ expression: PromQLExpression, as place: String
    ) throws(Complaint) {
        guard expression.type == type else {
            throw Complaint(
                "\(place) takes \(article(type)), not \(article(expression.type))",
                at: expression.range.lowerBound)
        }
    }

    private static func article(_ type: PromQLExpression.ValueType) -> String {
        (type == .instantVector ? "an " : "a ") + type.rawValue
    }

    private static func check(_ call: FunctionCall, at start: Int) throws(Complaint) {
        let signature = call.signature
        guard signature.arity.contains(call.arguments.count) else {
            let (least, most) = (signature.arity.lowerBound, signature.arity.upperBound)
            let wanted =
                least == most
                ? PromQLParser.count(least)
                : most == .max
                    ? "at least \(PromQLParser.count(least))" : "\(least) to \(PromQLParser.count(most))"
            throw Complaint("'\(call.name)' takes \(wanted), not \(call.arguments.count)", at: start)
        }
        for (index, argument) in call.arguments.enumerated() {
            guard let wanted = signature.parameter(at: index) else { continue }
            try expect(wanted, argument, as: "argument \(index + 1) of '\(call.name)'")
        }
    }

    private static func check(_ operation: BinaryOperation, at start: Int) throws(Complaint) {
        let symbol = operation.operator.rawValue
        for side in [operation.left, operation.right] where !isArithmetic(side) {
            throw Complaint(
                "'\(symbol)' takes scalars and instant vectors, not \(article(side.type))",
                at: side.range.lowerBound)
        }
        if operation.returnsBool, !operation.operator.isComparison {
            throw Complaint("'bool' belongs to comparisons, not to '\(symbol)'", at: start)
        }
        let isOfVectors = operation.left.type == .instantVector && operation.right.type == .instantVector
        if operation.operator.isSetOperator, !isOfVectors {
            throw Complaint("'\(symbol)' takes instant vectors on both sides", at: start)
        }
        let isOfScalars = operation.left.type == .scalar && operation.right.type == .scalar
        if operation.operator.isComparison, isOfScalars, !operation.returnsBool {
            throw Complaint("a comparison of two scalars must be '\(symbol) bool'", at: start)
        }
        guard let matching = operation.matching else { return }
        if !isOfVectors, !matching.labels.isEmpty {
            throw Complaint("'on' and 'ignoring' take instant vectors on both sides", at: start)
        }
        guard let group = matching.group else { return }
        if operation.operator.isSetOperator {
            throw Complaint("'\(symbol)' takes no 'group_\(group.manySide.rawValue)'", at: start)
        }
        if matching.isOn, let label = group.included.first(where: matching.labels.contains) {
            throw Complaint(
                "the label '\(label)' stands in 'on' and in 'group_\(group.manySide.rawValue)'", at: start)
        }
    }

    /// At most one name, and something that asks for more than everything.
    private static func check(_ selector: VectorSelector, at start: Int) throws(Complaint) {
        guard let name = selector.name else {
            guard selector.matchers.contains(where: { !$0.matchesEmpty }) else {
                throw Complaint(
                    "the selector needs a matcher that an absent label does not satisfy", at: start)
            }
            return
        }
        if let second = selector.matchers.first(where: { $0.label == LabelMatcher.nameLabel }) {
            throw Complaint("the metric has two names, '\(name)' and '\(second.value)'", at: start)
        }
    }
}

extension LabelMatcher {
    /// Whether a series without the label satisfies it.
    var matchesEmpty: Bool {
        switch comparison {
        case .equal: value.isEmpty
        case .notEqual: !value.isEmpty
        case .matches: RegularExpression.matchesEmpty(value)
        case .doesNotMatch: !RegularExpression.matchesEmpty(value)
        }
    }
}

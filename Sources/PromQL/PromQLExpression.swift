/// An expression of PromQL as a tree, whose types have been checked.
package struct PromQLExpression: Sendable {
    /// What it is.
    package let node: Node
    /// Where it stands in the text, in bytes of UTF-8.
    package let range: Range<Int>
    /// How many levels of nodes it has; bounded, so that whoever walks down may recurse.
    let depth: Int

    /// What an expression can be.
    package indirect enum Node: Sendable {
        case number(Double)
        case string(String)
        /// Instant vector of series.
        case selector(VectorSelector)
        /// `x[5m]`; offset and `@` are the selector's.
        case range(VectorSelector, PromQLDuration)
        case subquery(Subquery)
        case unary(isMinus: Bool, PromQLExpression)
        case binary(BinaryOperation)
        case aggregation(Aggregation)
        case call(FunctionCall)
        case parenthesised(PromQLExpression)
    }

    /// The expressions right below, in the order of the text.
    package var children: [PromQLExpression] { Self.children(of: node) }

    static func children(of node: Node) -> [PromQLExpression] {
        switch node {
        case .number, .string, .selector, .range: []
        case .subquery(let subquery): [subquery.inner]
        case .unary(_, let inner), .parenthesised(let inner): [inner]
        case .binary(let operation): [operation.left, operation.right]
        case .aggregation(let aggregation): (aggregation.parameter.map { [$0] } ?? []) + [aggregation.inner]
        case .call(let call): call.arguments
        }
    }

    /// The type of its value.
    package var type: ValueType {
        switch node {
        case .number: .scalar
        case .string: .string
        case .selector, .aggregation: .instantVector
        case .range, .subquery: .rangeVector
        case .unary(_, let inner), .parenthesised(let inner): inner.type
        case .binary(let operation):
            operation.left.type == .scalar && operation.right.type == .scalar ? .scalar : .instantVector
        case .call(let call): call.signature.result
        }
    }

    /// The expression without the parentheses around it.
    package var unwrapped: PromQLExpression {
        guard case .parenthesised(let inner) = node else { return self }
        return inner.unwrapped
    }

    /// Types of values.
    package enum ValueType: String, Sendable {
        case scalar
        case string
        case instantVector = "instant vector"
        case rangeVector = "range vector"
    }
}

/// `inner[range:step] @ time offset duration`
package struct Subquery: Sendable {
    package let inner: PromQLExpression
    package let range: PromQLDuration
    /// Nil: the global evaluation interval.
    package let step: PromQLDuration?
    package var placement = TimePlacement()
}

/// `operator by (labels) (parameter, inner)`
package struct Aggregation: Sendable {
    /// In lower case: `sum`, `topk`.
    package let name: String
    /// `by` or `without`; nil: neither, which is not the same text as `by ()`, but the same meaning.
    package let grouping: Grouping?
    /// What `topk`, `bottomk`, `quantile`, `count_values` take before the vector.
    package let parameter: PromQLExpression?
    package let inner: PromQLExpression

    /// The labels of the result.
    package struct Grouping: Equatable, Sendable {
        package let isWithout: Bool
        package let labels: [String]
    }
}

/// `name(arguments)`
package struct FunctionCall: Sendable {
    package var name: String { signature.name }
    package let arguments: [PromQLExpression]
    let signature: FunctionSignature
}

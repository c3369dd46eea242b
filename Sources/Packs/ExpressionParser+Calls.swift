// What functions take that are not plain values.
extension ExpressionParser {
    /// `event('exception', exception.type, …)`.
    func event(_ operands: [Expression]) throws(ExpressionError) -> Expression {
        var keys: [String] = []
        for operand in operands.dropFirst() {
            if case .attributes(let names) = operand { keys += names }
        }
        guard case .text(let name)? = operands.first, !keys.isEmpty, keys.count == operands.count - 1 else {
            throw ExpressionError("'event' takes the quoted name of an event and names of its attributes")
        }
        return .event(TextPattern(name), keys)
    }

    /// `event_delay('first chunk')`.
    func eventDelay(_ operands: [Expression]) throws(ExpressionError) -> Expression {
        guard operands.count == 1, case .text(let name) = operands[0] else {
            throw ExpressionError("'event_delay' takes the quoted name of an event")
        }
        return .eventDelay(TextPattern(name))
    }

    /// `json(usage, 'input')`, `json(usage, 'details', 'cached')`.
    func json(_ operands: [Expression]) throws(ExpressionError) -> Expression {
        var path: [String] = []
        for operand in operands.dropFirst() {
            if case .text(let name) = operand { path.append(name) }
        }
        guard !path.isEmpty, path.count == operands.count - 1, path.count <= Self.jsonDepthMax else {
            throw ExpressionError(
                "'json' takes a text and the quoted names that lead to a value in it, at most \(Self.jsonDepthMax)"
            )
        }
        return .json(operands[0], path)
    }

    /// Longer paths into a JSON text are refused.
    static let jsonDepthMax = 8

    /// `price(model, 'input')`: USD per token.
    func price(_ operands: [Expression]) throws(ExpressionError) -> Expression {
        guard operands.count == 2, case .text(let text) = operands[1],
            let kind = PriceTable.Kind(rawValue: text)
        else {
            let kinds = PriceTable.Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw ExpressionError("'price' takes a model and one of \(kinds)")
        }
        let entries = names.prices.models.map { model in
            Expression.Entry(
                pattern: TextPattern(model.pattern), value: .number(model.usdPerToken(of: kind)))
        }
        return .map(operands[0], entries, otherwise: nil)
    }
}

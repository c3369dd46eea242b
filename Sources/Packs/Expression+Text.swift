extension Expression {
    /// The expression as somebody would write it in one line, for explanations.
    ///
    /// - Parameter fields: the names of the pack's fields in order.
    package func text(fields: [String]) -> String {
        func inner(_ part: Expression) -> String {
            switch part {
            case .all, .any, .arithmetic, .cases: "(\(part.text(fields: fields)))"
            default: part.text(fields: fields)
            }
        }
        // The operand of a comparison binds tighter than any condition.
        func operand(_ part: Expression) -> String {
            switch part {
            case .comparison, .matches, .not: "(\(part.text(fields: fields)))"
            default: inner(part)
            }
        }
        func list(_ parts: [Expression]) -> String {
            parts.map { $0.text(fields: fields) }.joined(separator: ", ")
        }
        switch self {
        case .attributes(let keys):
            return keys.count == 1 ? keys[0] : "first(\(keys.joined(separator: ", ")))"
        case .intrinsic(let intrinsic): return intrinsic.rawValue
        case .text(let text): return text.contains("'") ? "\"\(text)\"" : "'\(text)'"
        case .number(let number):
            // Above 1e15 an integer's digits say no more than the exponent does.
            return number.rounded() == number && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
        case .truth(let truth): return "\(truth)"
        case .field(let number): return number < fields.count ? fields[number] : "?"
        case .arithmetic(let operation, let a, let b):
            return "\(operand(a)) \(operation.rawValue) \(operand(b))"
        case .comparison(let comparison, let a, let b):
            return "\(operand(a)) \(comparison.rawValue) \(operand(b))"
        case .all(let parts): return parts.map(inner).joined(separator: " and ")
        case .any(let parts): return parts.map(inner).joined(separator: " or ")
        case .not(let part): return "not \(inner(part))"
        case .matches(let part, let pattern): return "\(operand(part)) like '\(pattern.source)'"
        case .has(let part): return "has(\(part.text(fields: fields)))"
        case .sum(let parts): return "sum(\(list(parts)))"
        case .first(let parts): return "first(\(list(parts)))"
        case .concat(let parts): return "concat(\(list(parts)))"
        case .star(let part, let pattern): return "star(\(part.text(fields: fields)), '\(pattern.source)')"
        case .isCommit(let part): return "is_commit(\(part.text(fields: fields)))"
        case .contains(let part, let text): return "contains(\(part.text(fields: fields)), '\(text)')"
        case .event(let name, let keys):
            return "event('\(name.source)', \(keys.joined(separator: ", ")))"
        case .eventDelay(let name): return "event_delay('\(name.source)')"
        case .json(let part, let path):
            return "json(\(part.text(fields: fields)), \(list(path.map { .text($0) })))"
        case .relation(let name): return String(name.drop { $0 != "/" }.dropFirst())
        case .map(let part, _, _): return "a map of \(part.text(fields: fields))"
        case .cases(let cases, _):
            return cases.map { "if \($0.when.text(fields: fields))" }.joined(separator: ", else ")
        }
    }
}

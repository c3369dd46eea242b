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
        func list(_ parts: [Expression]) -> String {
            parts.map { $0.text(fields: fields) }.joined(separator: ", ")
        }
        switch self {
        case .attributes(let keys):
            return keys.count == 1 ? keys[0] : "first(\(keys.joined(separator: ", ")))"
        case .intrinsic(let intrinsic): return intrinsic.rawValue
        case .text(let text): return "'\(text)'"
        case .number(let number): return number.rounded() == number ? "\(Int(number))" : "\(number)"
        case .truth(let truth): return "\(truth)"
        case .field(let number): return number < fields.count ? fields[number] : "?"
        case .arithmetic(let operation, let a, let b): return "\(inner(a)) \(operation.rawValue) \(inner(b))"
        case .comparison(let comparison, let a, let b):
            return "\(inner(a)) \(comparison.rawValue) \(inner(b))"
        case .all(let parts): return parts.map(inner).joined(separator: " and ")
        case .any(let parts): return parts.map(inner).joined(separator: " or ")
        case .not(let part): return "not \(inner(part))"
        case .matches(let part, let pattern): return "\(inner(part)) like '\(pattern.source)'"
        case .has(let part): return "has(\(part.text(fields: fields)))"
        case .sum(let parts): return "sum(\(list(parts)))"
        case .first(let parts): return "first(\(list(parts)))"
        case .contains(let part, let text): return "contains(\(part.text(fields: fields)), '\(text)')"
        case .map(let part, _, _): return "a map of \(part.text(fields: fields))"
        case .cases(let cases, _):
            return cases.map { "if \($0.when.text(fields: fields))" }.joined(separator: ", else ")
        }
    }
}

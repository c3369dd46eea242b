import MetricModel
import Packs

/// What an expression over facts gives.
enum Fact: Sendable, Equatable {
    case missing
    case text(String)
    case number(Double)
    case truth(Bool)
    case list([String])

    var truth: Bool? {
        switch self {
        case .truth(let truth): truth
        case .text("true"): true
        case .text("false"): false
        case .number(let number): number != 0
        default: nil
        }
    }

    var number: Double? {
        switch self {
        case .number(let number): number
        case .text(let text): Double(text)
        case .truth(let truth): truth ? 1 : 0
        default: nil
        }
    }

    var text: String? {
        switch self {
        case .missing, .list: nil
        case .text(let text): text
        case .number(let number):
            number.rounded() == number && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
        case .truth(let truth): "\(truth)"
        }
    }

    /// Whether there is a value that is not the empty text.
    var isThere: Bool {
        switch self {
        case .missing: false
        case .text(let text): !text.isEmpty
        case .list(let list): !list.isEmpty
        case .number, .truth: true
        }
    }
}

/// Evaluates a pack's expression over facts of a case instead of attributes of a span, by the same rules.
struct FactEvaluator {
    /// By dotted name.
    let facts: [String: Fact]

    func value(_ expression: Expression) -> Fact {
        switch expression {
        case .attributes(let keys): first(keys.map { .attributes([$0]) }, keys)
        case .intrinsic, .field, .event, .eventDelay, .relation, .json: .missing
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        case .truth(let truth): .truth(truth)
        case .arithmetic(let operation, let left, let right): arithmetic(operation, left, right)
        case .sum(let parts): sum(parts)
        case .first(let parts): parts.lazy.map { value($0) }.first { $0.isThere } ?? .missing
        case .concat(let parts): concatenated(parts)
        case .star(let part, let pattern): star(value(part), pattern)
        case .cases(let cases, let otherwise):
            cases.first { truth($0.when) == true }.map { value($0.value) }
                ?? otherwise.map { value($0) } ?? .missing
        case .map(let part, let entries, let otherwise): mapped(value(part), entries, otherwise)
        default: truth(expression).map { .truth($0) } ?? .missing
        }
    }

    /// Whether a condition holds; nil where what it needs is missing.
    func truth(_ expression: Expression) -> Bool? {
        switch expression {
        case .all(let parts):
            let truths = parts.map { truth($0) }
            return truths.contains(false) ? false : truths.contains(nil) ? nil : true
        case .any(let parts):
            let truths = parts.map { truth($0) }
            return truths.contains(true) ? true : truths.contains(nil) ? nil : false
        case .not(let part): return truth(part).map { !$0 }
        case .has(let part): return value(part).isThere
        case .matches(let part, let pattern):
            return value(part).text.map { pattern.matches(whole: Array($0.utf8)) }
        case .contains(let part, let text):
            guard case .list(let list) = value(part) else { return nil }
            return list.contains(text)
        case .isCommit(let part):
            return value(part).text.map { Expression.isCommit(Array($0.utf8).span.bytes) }
        case .comparison(let comparison, let left, let right):
            return compare(comparison, value(left), value(right))
        default: return value(expression).truth
        }
    }

    private func first(_ parts: [Expression], _ keys: [String]) -> Fact {
        keys.lazy.compactMap { facts[$0] }.first { $0.isThere } ?? .missing
    }

    private func compare(_ comparison: Expression.Comparison, _ left: Fact, _ right: Fact) -> Bool? {
        if case .number = left, let a = left.number, let b = right.number { return order(comparison, a, b) }
        if case .number = right, let a = left.number, let b = right.number { return order(comparison, a, b) }
        guard let a = left.text, let b = right.text else { return nil }
        switch comparison {
        case .equal: return a == b
        case .notEqual: return a != b
        default:
            guard let a = left.number, let b = right.number else { return nil }
            return order(comparison, a, b)
        }
    }

    private func order(_ comparison: Expression.Comparison, _ a: Double, _ b: Double) -> Bool {
        switch comparison {
        case .equal: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }

    private func arithmetic(
        _ operation: Expression.Arithmetic, _ left: Expression, _ right: Expression
    ) -> Fact {
        guard let a = value(left).number, let b = value(right).number else { return .missing }
        return switch operation {
        case .add: .number(a + b)
        case .subtract: .number(a - b)
        case .multiply: .number(a * b)
        case .divide: .number(a / b)
        }
    }

    private func sum(_ parts: [Expression]) -> Fact {
        let numbers = parts.compactMap { value($0).number }
        return numbers.isEmpty ? .missing : .number(numbers.reduce(0, +))
    }

    private func concatenated(_ parts: [Expression]) -> Fact {
        let texts = parts.compactMap { value($0).text }
        return texts.isEmpty ? .missing : .text(texts.joined())
    }

    private func star(_ fact: Fact, _ pattern: TextPattern) -> Fact {
        guard let text = fact.text.map({ Array($0.utf8) }), let range = pattern.starRange(in: text) else {
            return .missing
        }
        return .text(String(decoding: text[range], as: UTF8.self))
    }

    private func mapped(_ fact: Fact, _ entries: [Expression.Entry], _ otherwise: Expression?) -> Fact {
        let text = fact.text.map { Array($0.utf8) }
        let entry = text.flatMap { text in entries.first { $0.pattern.matches(whole: text) } }
        return entry.map { value($0.value) } ?? otherwise.map { value($0) } ?? .missing
    }
}

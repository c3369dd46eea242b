import Bytes
import MetricModel
import OTLP
import Packs

/// What a condition says; a missing value makes it missing.
enum Truth: UInt8, Sendable { case no, yes, missing }

/// What up to 64 conditions say.
struct TruthSet: BitwiseCopyable, Hashable, Sendable {
    private var yes: UInt64 = 0
    private var missing: UInt64 = 0

    subscript(number: Int) -> Truth {
        get {
            let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: number)
            return yes & bit != 0 ? .yes : missing & bit != 0 ? .missing : .no
        }
        set {
            let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: number)
            yes = newValue == .yes ? yes | bit : yes & ~bit
            missing = newValue == .missing ? missing | bit : missing & ~bit
        }
    }
}

extension Deriver {
    /// Whether the condition `node` holds on the current span.
    ///
    /// HOT: per selector (benchmark `derive`).
    mutating func truth(_ node: Int32, _ body: RawSpan) -> Truth {
        switch program.nodes[Int(node)] {
        case .truth(let truth): return truth ? .yes : .no
        case .decided(let number):
            if hasPlan { return decided[Int(number)] }
            return truth(program.decided[Int(number)], body)
        case .kindIs(let code): return reader.span.kind == code ? .yes : .no
        case .statusIs(let code): return reader.span.statusCode == code ? .yes : .no
        case .field(let field):
            let index = Int(field)
            if truthStamps[index] == stamp { return truths[index] }
            let result = truth(program.fields[index], body)
            truths[index] = result
            truthStamps[index] = stamp
            return result
        case .all(let start, let count): return all(start, count, body)
        case .any(let start, let count): return any(start, count, body)
        case .not(let inner):
            let result = truth(inner, body)
            return result == .missing ? .missing : result == .yes ? .no : .yes
        case .matches(let subject, let pattern):
            let text = text(subject, body)
            if text.isMissing { return .missing }
            return matches(text, pattern: pattern, body) ? .yes : .no
        case .has(let inner): return has(inner, body) ? .yes : .no
        case .contains(let array, let constant): return contains(array, constant, body)
        case .isCommit(let inner): return isCommit(inner, body)
        case .compareNumbers(let comparison, let left, let right):
            return compareNumbers(comparison, left, right, body)
        case .compareSlot(let comparison, let slot, let right):
            let left = attributeNumber(slot, body)
            return left.isPresent ? Self.compare(comparison, left.value, right) : .missing
        case .compareTexts(let comparison, let left, let right):
            return compareTexts(comparison, left, right, body)
        case .compare(let comparison, let left, let right):
            return isNumber(left) && isNumber(right)
                ? compareNumbers(comparison, left, right, body) : compareTexts(comparison, left, right, body)
        case .cases(let start, let count, let otherwise):
            let chosen = choose(start, count, otherwise, body)
            return chosen < 0 ? .missing : truth(chosen, body)
        case .relation(let relation) where program.relations[Int(relation)].verb != .previousSibling:
            return related(relation, body) > 0 ? .yes : .no
        default: return spelled(text(node, body), body)
        }
    }

    /// The value of the first case whose condition holds; −1 for missing.
    mutating func choose(_ start: Int32, _ count: Int32, _ otherwise: Int32, _ body: RawSpan) -> Int32 {
        for index in 0..<Int(count) {
            let position = Int(start) + 2 * index
            if truth(program.operands[position], body) == .yes { return program.operands[position + 1] }
        }
        return otherwise
    }

    private mutating func all(_ start: Int32, _ count: Int32, _ body: RawSpan) -> Truth {
        var result = Truth.yes
        for index in start..<start + count {
            switch truth(program.operands[Int(index)], body) {
            case .no: return .no
            case .missing: result = .missing
            case .yes: break
            }
        }
        return result
    }

    private mutating func any(_ start: Int32, _ count: Int32, _ body: RawSpan) -> Truth {
        var result = Truth.no
        for index in start..<start + count {
            switch truth(program.operands[Int(index)], body) {
            case .yes: return .yes
            case .missing: result = .missing
            case .no: break
            }
        }
        return result
    }

    private mutating func has(_ node: Int32, _ body: RawSpan) -> Bool {
        switch program.nodes[Int(node)] {
        case .attribute(let slot): return hasValue(slot)
        case .aliases(let start, let count):
            for index in start..<start + count where hasValue(program.aliasSlots[Int(index)]) { return true }
            return false
        case .field(let field): return has(program.fields[Int(field)], body)
        case .number, .arithmetic, .sum, .eventDelay: return number(node, body).isPresent
        default:
            let text = text(node, body)
            return !text.isMissing && text.count > 0
        }
    }

    private mutating func hasValue(_ slot: Int32) -> Bool {
        let position = reader.span.position(ofSlot: Int(slot))
        if position < 0 { return false }
        if hasValue(at: position) { return true }
        let outer = reader.span.outerPosition(ofSlot: Int(slot))
        return outer >= 0 && outer != position && hasValue(at: outer)
    }

    @inline(__always) private mutating func hasValue(at position: Int) -> Bool {
        let attribute = reader.span.attribute(at: position)
        return switch attribute.kind {
        case .absent, .empty: false
        case .string: attribute.range.count > 0
        default: true
        }
    }

    private mutating func contains(_ array: Int32, _ constant: Int32, _ body: RawSpan) -> Truth {
        guard case .attribute(let slot) = program.nodes[Int(array)] else { return .missing }
        let position = reader.span.position(ofSlot: Int(slot))
        if position < 0 { return .missing }
        let range = program.constants[Int(constant)]
        let wanted = Array(program.constantBytes[Int(range.offset)..<Int(range.offset + range.count)])
        return reader.span.attribute(at: position).contains(wanted, body) ? .yes : .no
    }

    private mutating func isNumber(_ node: Int32) -> Bool {
        switch program.nodes[Int(node)] {
        case .number, .arithmetic, .sum, .eventDelay: return true
        case .attribute(let slot):
            let position = reader.span.position(ofSlot: Int(slot))
            if position < 0 { return false }
            let kind = reader.span.attribute(at: position).kind
            return kind == .int || kind == .double
        default: return false
        }
    }

    private mutating func compareNumbers(
        _ comparison: Expression.Comparison, _ left: Int32, _ right: Int32, _ body: RawSpan
    ) -> Truth {
        let a = operand(left, body)
        let b = operand(right, body)
        guard a.isPresent, b.isPresent else { return .missing }
        return Self.compare(comparison, a.value, b.value)
    }

    private static func compare(_ comparison: Expression.Comparison, _ a: Double, _ b: Double) -> Truth {
        let result =
            switch comparison {
            case .equal: a == b
            case .notEqual: a != b
            case .less: a < b
            case .lessOrEqual: a <= b
            case .greater: a > b
            case .greaterOrEqual: a >= b
            }
        return result ? .yes : .no
    }

    private mutating func compareTexts(
        _ comparison: Expression.Comparison, _ left: Int32, _ right: Int32, _ body: RawSpan
    ) -> Truth {
        let a = text(left, body)
        let b = text(right, body)
        guard !a.isMissing, !b.isMissing else { return .missing }
        switch comparison {
        case .equal: return equal(a, b, body) ? .yes : .no
        case .notEqual: return equal(a, b, body) ? .no : .yes
        // Packs order numbers only; the compiler sends texts here when nothing said that they are numbers.
        default: return compareNumbers(comparison, left, right, body)
        }
    }

    private mutating func equal(_ a: TextReference, _ b: TextReference, _ body: RawSpan) -> Bool {
        guard a.count == b.count else { return false }
        if a.space == .body, b.space == .body {
            return body.isEqual(at: a.offset, to: body, at: b.offset, count: a.count)
        }
        // A second reference, not a copy: a borrow of the whole deriver would be one.
        let left = a.space == .scratch ? scratch : program.constantBytes
        let right = b.space == .scratch ? scratch : program.constantBytes
        if a.space == .body {
            return body.isEqual(at: a.offset, to: right.span.bytes, at: b.offset, count: a.count)
        }
        if b.space == .body {
            return left.span.bytes.isEqual(at: a.offset, to: body, at: b.offset, count: a.count)
        }
        return left.span.bytes.isEqual(at: a.offset, to: right.span.bytes, at: b.offset, count: a.count)
    }

    private mutating func spelled(_ text: TextReference, _ body: RawSpan) -> Truth {
        if text.isMissing { return .missing }
        if text.count == 4, matches(text, "true", body) { return .yes }
        if text.count == 5, matches(text, "false", body) { return .no }
        return .missing
    }

    private mutating func matches(_ text: TextReference, _ word: StaticString, _ body: RawSpan) -> Bool {
        for index in 0..<text.count {
            let byte: UInt8 =
                switch text.space {
                case .body: body.unsafeLoad(fromByteOffset: text.offset + index, as: UInt8.self)
                case .constant: program.constantBytes[text.offset + index]
                case .scratch: scratch[text.offset + index]
                }
            if byte != word.utf8Start[index] { return false }
        }
        return true
    }
}

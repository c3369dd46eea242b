import Bytes
import MetricModel
import OTLP
import Packs

/// A number, or that there is none.
struct Number: BitwiseCopyable, Sendable {
    let value: Double
    let isPresent: Bool
    /// What was refused on the way; kept so that a remembered number still tells.
    let refusal: RefusalReason?

    static let missing = Number(value: 0, isPresent: false, refusal: nil)

    init(_ value: Double) {
        self.init(value: value, isPresent: true, refusal: nil)
    }

    init(value: Double, isPresent: Bool, refusal: RefusalReason?) {
        self.value = value
        self.isPresent = isPresent
        self.refusal = refusal
    }
}

extension Deriver {
    /// The number that `node` stands for on the current span; what is refused is noted in `refusal`.
    ///
    /// HOT: per instrument (benchmark `derive`).
    mutating func number(_ node: Int32, _ body: RawSpan) -> Number {
        switch program.nodes[Int(node)] {
        case .attribute(let slot):
            let result = attributeNumber(slot, body)
            if let reason = result.refusal { refusal = refusal ?? reason }
            return result
        case .aliases(let start, let count): return aliasNumber(start, count, body)
        case .number(let value): return Number(value)
        case .intrinsic(let intrinsic): return intrinsicNumber(intrinsic)
        case .field(let field): return fieldNumber(field, body)
        case .arithmetic(let operation, let left, let right):
            let a = operand(left, body)
            let b = operand(right, body)
            guard a.isPresent, b.isPresent else { return .missing }
            return Number(Self.apply(operation, a.value, b.value))
        case .sum(let start, let count):
            var total = Number.missing
            for index in start..<start + count {
                let part = operand(program.operands[Int(index)], body)
                guard part.isPresent else { continue }
                // Of one part alone the sum is that part: −0 stays −0.
                total = total.isPresent ? Number(total.value + part.value) : Number(part.value)
            }
            return total
        case .first(let start, let count):
            for index in start..<start + count {
                let part = number(program.operands[Int(index)], body)
                if part.isPresent { return part }
            }
            return .missing
        case .truth(let truth): return Number(truth ? 1 : 0)
        case .cases(let start, let count, let otherwise):
            let chosen = choose(start, count, otherwise, body)
            return chosen < 0 ? .missing : number(chosen, body)
        case .map, .kindChoice, .statusChoice:
            let chosen = chosenByMap(node, body)
            return chosen < 0 ? .missing : number(chosen, body)
        case .relation(let relation) where program.relations[Int(relation)].verb != .previousSibling:
            return Number(related(relation, body))
        case .eventDelay(let pattern): return eventDelay(pattern, body)
        case .text, .concat, .star, .event, .json, .relation: return parsed(text(node, body), body)
        default:
            let truth = truth(node, body)
            return truth == .missing ? .missing : Number(truth == .yes ? 1 : 0)
        }
    }

    /// The number of an operand; the simplest ones without another call.
    @inline(__always) mutating func operand(_ node: Int32, _ body: RawSpan) -> Number {
        switch program.nodes[Int(node)] {
        case .number(let value): return Number(value)
        case .intrinsic(.duration): return reader.span.durationSeconds.map { Number($0) } ?? .missing
        case .attribute(let slot):
            let result = attributeNumber(slot, body)
            if let reason = result.refusal { refusal = refusal ?? reason }
            return result
        default: return number(node, body)
        }
    }

    private static func apply(_ operation: Expression.Arithmetic, _ a: Double, _ b: Double) -> Double {
        switch operation {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        }
    }

    private mutating func fieldNumber(_ field: Int32, _ body: RawSpan) -> Number {
        let index = Int(field)
        if numberStamps[index] == stamp {
            let known = numbers[index]
            if let reason = known.refusal { refusal = refusal ?? reason }
            return known
        }
        let outer = refusal
        refusal = nil
        let result = number(program.fields[index], body)
        numbers[index] = Number(value: result.value, isPresent: result.isPresent, refusal: refusal)
        numberStamps[index] = stamp
        refusal = outer ?? refusal
        return result
    }

    /// The first alias that is present and convertible; only if none is, the first refusal counts.
    private mutating func aliasNumber(_ start: Int32, _ count: Int32, _ body: RawSpan) -> Number {
        var reason: RefusalReason?
        for index in start..<start + count {
            let result = attributeNumber(program.aliasSlots[Int(index)], body)
            if result.isPresent { return result }
            reason = reason ?? result.refusal
        }
        if let reason { refusal = refusal ?? reason }
        return Number(value: 0, isPresent: false, refusal: reason)
    }

    /// The number of an attribute in the nearest layer where it is one.
    mutating func attributeNumber(_ slot: Int32, _ body: RawSpan) -> Number {
        let position = reader.span.position(ofSlot: Int(slot))
        if position < 0 { return .missing }
        let nearest = Self.number(of: reader.span.attribute(at: position), body)
        if nearest.isPresent { return nearest }
        let outer = reader.span.outerPosition(ofSlot: Int(slot))
        if outer < 0 || outer == position { return nearest }
        let other = Self.number(of: reader.span.attribute(at: outer), body)
        return other.isPresent ? other : nearest
    }

    @inline(__always) private static func number(of attribute: AttributeValue, _ body: RawSpan) -> Number {
        switch attribute.kind {
        case .int: return Number(Double(Int64(bitPattern: attribute.bits)))
        case .double:
            let value = Double(bitPattern: attribute.bits)
            return value.isFinite ? Number(value) : Number(value: 0, isPresent: false, refusal: .notFinite)
        case .string:
            if attribute.range.count == 0 { return .missing }
            return parse(body, at: Int(attribute.range.offset), count: Int(attribute.range.count))
        case .absent, .empty: return .missing
        default: return Number(value: 0, isPresent: false, refusal: .unparsable)
        }
    }

    private mutating func intrinsicNumber(_ intrinsic: Intrinsic) -> Number {
        switch intrinsic {
        case .duration: reader.span.durationSeconds.map { Number($0) } ?? .missing
        case .size: Number(Double(reader.span.byteCount))
        case .isRoot: Number(reader.span.parentSpanID.count == 0 ? 1 : 0)
        default: .missing
        }
    }

    private mutating func parsed(_ text: TextReference, _ body: RawSpan) -> Number {
        if text.isMissing || text.count == 0 { return .missing }
        let result =
            switch text.space {
            case .body: Self.parse(body, at: text.offset, count: text.count)
            case .constant: Self.parse(program.constantBytes.span.bytes, at: text.offset, count: text.count)
            case .scratch: Self.parse(scratch.span.bytes, at: text.offset, count: text.count)
            }
        if let reason = result.refusal { refusal = refusal ?? reason }
        return result
    }

    /// A number as people write it: digits with at most one point, sign and exponent, spaces around allowed.
    private static func parse(_ bytes: RawSpan, at offset: Int, count: Int) -> Number {
        var whole = 0
        var isPlain = count <= 15
        for index in 0..<min(count, 15) {
            let digit = bytes.unsafeLoad(fromByteOffset: offset + index, as: UInt8.self) &- 0x30
            if digit > 9 {
                isPlain = false
                break
            }
            whole = whole &* 10 &+ Int(digit)
        }
        if isPlain { return Number(Double(whole)) }
        // Longer texts are no numbers that anybody means; the bound keeps hostile ones cheap.
        guard count <= 64 else { return Number(value: 0, isPresent: false, refusal: .unparsable) }
        let text = bytes.extracting(offset..<offset + count).withUnsafeBytes {
            String(decoding: $0, as: UTF8.self)
        }
        let trimmed = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        guard let value = Double(String(trimmed)) else {
            return Number(value: 0, isPresent: false, refusal: .unparsable)
        }
        return value.isFinite ? Number(value) : Number(value: 0, isPresent: false, refusal: .notFinite)
    }
}

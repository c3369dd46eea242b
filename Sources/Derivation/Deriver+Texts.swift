import Bytes
import MetricModel
import OTLP
import Packs

/// Where a text stands; missing, or bytes of the body, of the program's constants or of the scratch.
struct TextReference: BitwiseCopyable, Sendable {
    enum Space: UInt8, Sendable { case body, constant, scratch }

    let space: Space
    let isMissing: Bool
    let offset: Int
    let count: Int

    static let missing = TextReference(space: .body, isMissing: true, offset: 0, count: 0)

    init(space: Space, isMissing: Bool = false, offset: Int, count: Int) {
        self.space = space
        self.isMissing = isMissing
        self.offset = offset
        self.count = count
    }

    init(_ range: ByteRange, _ space: Space = .body) {
        self.init(space: space, offset: Int(range.offset), count: Int(range.count))
    }
}

extension Deriver {
    /// The text that `node` stands for on the current span.
    ///
    /// HOT: per selector and label (benchmark `derive`).
    mutating func text(_ node: Int32, _ body: RawSpan) -> TextReference {
        switch program.nodes[Int(node)] {
        case .attribute(let slot): return attributeText(slot)
        case .aliases(let start, let count):
            for index in start..<start + count {
                let result = attributeText(program.aliasSlots[Int(index)])
                if !result.isMissing, result.count > 0 { return result }
            }
            return .missing
        case .intrinsic(let intrinsic): return intrinsicText(intrinsic, node, body)
        case .text(let constant): return TextReference(program.constants[Int(constant)], .constant)
        case .field(let field):
            let index = Int(field)
            if textStamps[index] == stamp { return texts[index] }
            let result = text(program.fields[index], body)
            texts[index] = result
            textStamps[index] = stamp
            return result
        case .first(let start, let count):
            for index in start..<start + count {
                let result = text(program.operands[Int(index)], body)
                if !result.isMissing, result.count > 0 { return result }
            }
            return .missing
        case .cases(let start, let count, let otherwise):
            let chosen = choose(start, count, otherwise, body)
            return chosen < 0 ? .missing : text(chosen, body)
        case .map, .kindChoice, .statusChoice:
            let chosen = chosenByMap(node, body)
            return chosen < 0 ? .missing : text(chosen, body)
        case .concat(let start, let count): return concatenated(start, count, body)
        case .event(let pattern, let start, let count): return eventText(pattern, start, count, body)
        case .relation(let relation) where program.relations[Int(relation)].verb == .previousSibling:
            return said(relation)
        case .star(let subject, let pattern): return star(text(subject, body), pattern, body)
        case .json(let subject, let path): return json(text(subject, body), path, body)
        case .number, .arithmetic, .sum, .eventDelay:
            let result = number(node, body)
            return result.isPresent ? written(result.value) : .missing
        default:
            let result = truth(node, body)
            return result == .missing ? .missing : written(result == .yes ? "true" : "false")
        }
    }

    private mutating func attributeText(_ slot: Int32) -> TextReference {
        let position = reader.span.position(ofSlot: Int(slot))
        if position < 0 { return .missing }
        let nearest = attributeText(reader.span.attribute(at: position))
        if !nearest.isMissing, nearest.count > 0 { return nearest }
        let outer = reader.span.outerPosition(ofSlot: Int(slot))
        return outer < 0 || outer == position ? nearest : attributeText(reader.span.attribute(at: outer))
    }

    mutating func attributeText(_ attribute: AttributeValue) -> TextReference {
        switch attribute.kind {
        case .string: return TextReference(attribute.range)
        case .int: return written(Int64(bitPattern: attribute.bits))
        case .double: return written(Double(bitPattern: attribute.bits))
        case .bool: return written(attribute.bits == 0 ? "false" : "true")
        default: return .missing
        }
    }

    private mutating func intrinsicText(_ intrinsic: Intrinsic, _ node: Int32, _ body: RawSpan)
        -> TextReference
    {
        switch intrinsic {
        case .name: return TextReference(reader.span.name)
        case .statusMessage: return TextReference(reader.span.statusMessage)
        case .scopeName: return TextReference(reader.span.scopeName)
        case .scopeVersion: return TextReference(reader.span.scopeVersion)
        case .kind: return named(Intrinsic.kinds, reader.span.kind)
        case .status: return named(Intrinsic.statuses, reader.span.statusCode)
        case .duration, .size:
            let result = number(node, body)
            return result.isPresent ? written(result.value) : .missing
        case .day: return day()
        case .isRoot: return written(reader.span.parentSpanID.count == 0 ? "true" : "false")
        }
    }

    private mutating func day() -> TextReference {
        if reader.span.endNanoseconds == 0 { return .missing }
        findDay()
        let start = scratch.count
        scratch.append(contentsOf: lastDay.text)
        return TextReference(space: .scratch, offset: start, count: scratch.count - start)
    }

    /// Makes `lastDay` the day on which the current span ended; spans of one day come together.
    @inline(__always) mutating func findDay() {
        let seconds = Int64(reader.span.endNanoseconds / 1_000_000_000)
        if !lastDay.contains(seconds) { lastDay = calendar.day(of: seconds) }
    }

    private mutating func named(_ names: [String], _ code: UInt64) -> TextReference {
        code < UInt64(names.count) ? written(names[Int(code)]) : written(Int64(truncatingIfNeeded: code))
    }

    private mutating func written(_ value: Double) -> TextReference {
        if value.rounded() == value, abs(value) < 1e15 { return written(Int64(value)) }
        return written(value.description)
    }

    private mutating func written(_ text: String) -> TextReference {
        let start = scratch.count
        scratch.append(contentsOf: text.utf8)
        return TextReference(space: .scratch, offset: start, count: scratch.count - start)
    }

    private mutating func written(_ value: Int64) -> TextReference {
        let start = scratch.count
        if value < 0 { scratch.append(UInt8(ascii: "-")) }
        let digits = scratch.count
        var rest = value.magnitude
        repeat {
            scratch.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        var low = digits
        var high = scratch.count - 1
        while low < high {
            scratch.swapAt(low, high)
            low += 1
            high -= 1
        }
        return TextReference(space: .scratch, offset: start, count: scratch.count - start)
    }

    /// The node that a map chooses; −1 for missing.
    mutating func chosenByMap(_ node: Int32, _ body: RawSpan) -> Int32 {
        switch program.nodes[Int(node)] {
        case .kindChoice(let start, let count):
            return program.operands[Int(start) + Int(min(reader.span.kind, UInt64(count)))]
        case .statusChoice(let start, let count):
            return program.operands[Int(start) + Int(min(reader.span.statusCode, UInt64(count)))]
        case .map(let subject, let start, let count, let otherwise):
            let key = text(subject, body)
            if key.isMissing { return otherwise }
            for index in 0..<Int(count) {
                let pattern = program.operands[Int(start) + 2 * index]
                if matches(key, pattern: pattern, body) {
                    return program.operands[Int(start) + 2 * index + 1]
                }
            }
            return otherwise
        default: return -1
        }
    }

    /// Whether a text that is there matches the pattern with this number.
    mutating func matches(_ text: TextReference, pattern: Int32, _ body: RawSpan) -> Bool {
        let index = Int(pattern)
        return switch text.space {
        case .body: program.patterns[index].matches(body, at: text.offset, count: text.count)
        case .constant:
            program.patterns[index].matches(
                program.constantBytes.span.bytes, at: text.offset, count: text.count)
        case .scratch: program.patterns[index].matches(scratch.span.bytes, at: text.offset, count: text.count)
        }
    }

    /// The number in the batch's value table of the label value that `node` stands for; 0 for missing.
    ///
    /// HOT: per label (benchmark `derive`).
    mutating func labelID(_ node: Int32, _ body: RawSpan) -> UInt32 {
        switch program.nodes[Int(node)] {
        case .attribute(let slot): return slotID(slot, body)
        case .text(let constant): return constantID(constant)
        case .intrinsic(.name):
            return spanNameID(body)
        case .field(let field):
            let index = Int(field)
            if fieldStamps[index] == stamp { return fieldIDs[index] }
            let result = labelID(program.fields[index], body)
            fieldIDs[index] = result
            fieldStamps[index] = stamp
            return result
        case .kindChoice, .statusChoice, .map:
            let chosen = chosenByMap(node, body)
            return chosen < 0 ? 0 : labelID(chosen, body)
        case .cases(let start, let count, let otherwise):
            let chosen = choose(start, count, otherwise, body)
            return chosen < 0 ? 0 : labelID(chosen, body)
        case .first(let start, let count):
            for index in start..<start + count {
                let result = labelID(program.operands[Int(index)], body)
                if result != 0 { return result }
            }
            return 0
        case .aliases(let start, let count):
            for index in Int(start)..<Int(start + count) {
                let result = slotID(program.aliasSlots[index], body)
                if result != 0 { return result }
            }
            return 0
        default: return intern(text(node, body), body)
        }
    }

    /// The value number of an attribute in the nearest layer where it is not empty.
    private mutating func slotID(_ slot: Int32, _ body: RawSpan) -> UInt32 {
        let position = reader.span.position(ofSlot: Int(slot))
        if position < 0 { return 0 }
        let nearest = attributeID(at: position, body)
        if nearest != 0 { return nearest }
        let outer = reader.span.outerPosition(ofSlot: Int(slot))
        return outer < 0 || outer == position ? 0 : attributeID(at: outer, body)
    }

    /// The value number of the span's name.
    mutating func spanNameID(_ body: RawSpan) -> UInt32 {
        if nameStamp != stamp {
            let name = reader.span.name
            nameID = batch.values.intern(body, at: Int(name.offset), count: Int(name.count))
            nameStamp = stamp
        }
        return nameID
    }

    /// The memo is the number plus one, so that 0 says "not yet".
    mutating func attributeID(at position: Int, _ body: RawSpan) -> UInt32 {
        let memo = reader.span.memo(at: position)
        if memo != 0 { return memo - 1 }
        let attribute = reader.span.attribute(at: position)
        let id =
            attribute.kind == .string
            ? batch.values.intern(body, at: Int(attribute.range.offset), count: Int(attribute.range.count))
            : intern(attributeText(attribute), body)
        reader.span.setMemo(id + 1, at: position)
        return id
    }

    private mutating func constantID(_ constant: Int32) -> UInt32 {
        let index = Int(constant)
        if constantStamps[index] == keptStamp { return constantIDs[index] }
        let range = program.constants[index]
        let bytes = program.constantBytes
        let id = batch.values.intern(bytes.span.bytes, at: Int(range.offset), count: Int(range.count))
        constantIDs[index] = id
        constantStamps[index] = keptStamp
        return id
    }

    private mutating func intern(_ text: TextReference, _ body: RawSpan) -> UInt32 {
        if text.isMissing { return 0 }
        if text.space == .body { return batch.values.intern(body, at: text.offset, count: text.count) }
        // A second reference, not a copy: the value table is changed while the bytes are read.
        let bytes = text.space == .constant ? program.constantBytes : scratch
        return batch.values.intern(bytes.span.bytes, at: text.offset, count: text.count)
    }
}

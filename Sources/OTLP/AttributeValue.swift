/// An attribute's value as it stands in the body: numbers decoded, everything longer a range of bytes.
public struct AttributeValue: BitwiseCopyable, Sendable, Equatable {
    /// The field of OTLP's `AnyValue` that is set.
    public enum Kind: UInt8, BitwiseCopyable, Sendable {
        case absent
        /// Present without a value; OTLP allows it.
        case empty
        case string, bool, int, double, array, keyValueList, bytes
    }

    /// Which field is set.
    public var kind: Kind
    /// Of a string, array, list or bytes; else empty.
    public var range: ByteRange
    /// Of a bool (0, 1), int (two's complement) or double (its bits); else 0.
    public var bits: UInt64

    package init(kind: Kind, range: ByteRange = .empty, bits: UInt64 = 0) {
        self.kind = kind
        self.range = range
        self.bits = bits
    }

    package static let absent = AttributeValue(kind: .absent)

    /// Whether it is no value, or an empty text.
    var saysNothing: Bool {
        switch kind {
        case .absent, .empty: true
        case .string: range.count == 0
        default: false
        }
    }

    /// Reads the `AnyValue` message from `start` to `end` in the forms that are usual: one field that fills it,
    /// a text shorter than 128 bytes, an int below 2¹⁴, a double or a bool; nil for any other.
    ///
    /// HOT: per attribute that a pack reads (benchmark `decode`).
    @inline(__always) static func readShort(_ start: Int, _ end: Int, _ body: RawSpan) -> AttributeValue? {
        let count = end &- start
        // SAFETY: the reader has checked the range, and each load lies in it.
        guard count >= 2 else { return nil }
        let head = body.twoBytes(start)
        let second = Int(head &>> 8)
        switch head & 0xFF {
        case 0x0A where second == count &- 2 && second < 0x80:
            return AttributeValue(kind: .string, range: ByteRange(at: start &+ 2, count: second))
        case 0x18 where count == 2 && second < 0x80:
            return AttributeValue(kind: .int, bits: UInt64(truncatingIfNeeded: second))
        case 0x18 where count == 3 && second >= 0x80:
            let third = UInt64(body.byte(start &+ 2))
            guard third < 0x80 else { return nil }
            return AttributeValue(kind: .int, bits: UInt64(truncatingIfNeeded: second & 0x7F) | third &<< 7)
        case 0x21 where count == 9:
            return AttributeValue(kind: .double, bits: body.eightBytes(start &+ 1))
        case 0x10 where count == 2 && second < 0x80:
            return AttributeValue(kind: .bool, bits: second == 0 ? 0 : 1)
        default: return nil
        }
    }

    /// Reads the `AnyValue` message in `range`. Its last field wins, as protobuf says of a oneof.
    package static func read(_ range: ByteRange, _ body: RawSpan) throws(WireError) -> AttributeValue {
        var cursor = WireCursor(range)
        var value = AttributeValue(kind: .empty)
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            switch tag {
            case 0x0A: value = AttributeValue(kind: .string, range: try cursor.bytes(body))
            case 0x10: value = AttributeValue(kind: .bool, bits: try cursor.varint(body) == 0 ? 0 : 1)
            case 0x18: value = AttributeValue(kind: .int, bits: try cursor.varint(body))
            case 0x21: value = AttributeValue(kind: .double, bits: try cursor.fixed64(body))
            case 0x2A: value = AttributeValue(kind: .array, range: try cursor.bytes(body))
            case 0x32: value = AttributeValue(kind: .keyValueList, range: try cursor.bytes(body))
            case 0x3A: value = AttributeValue(kind: .bytes, range: try cursor.bytes(body))
            default: try cursor.skip(tag, body)
            }
        }
        return value
    }

    /// Whether this array has the string `wanted` among its elements; false for anything but an array and
    /// for bytes that are no array. Arrays inside are not looked into, so nesting costs nothing.
    package func contains(_ wanted: [UInt8], _ body: RawSpan) -> Bool {
        guard kind == .array else { return false }
        var cursor = WireCursor(range)
        do {
            while !cursor.isAtEnd {
                let tag = try cursor.tag(body)
                guard tag == 0x0A else {
                    try cursor.skip(tag, body)
                    continue
                }
                let element = try Self.read(try cursor.bytes(body), body)
                if element.kind == .string, element.range.holds(wanted, in: body) { return true }
            }
        } catch {
            return false
        }
        return false
    }
}

extension ByteRange {
    /// Whether the bytes here are `wanted`.
    package func holds(_ wanted: [UInt8], in body: RawSpan) -> Bool {
        guard Int(count) == wanted.count else { return false }
        for index in wanted.indices
        where body.unsafeLoad(fromByteOffset: Int(offset) + index, as: UInt8.self) != wanted[index] {
            return false
        }
        return true
    }
}

/// Steps over the fields of one protobuf message inside a body, bounds-checked.
///
/// Format: https://protobuf.dev/programming-guides/encoding/. Groups (wire types 3 and 4) are refused: OTLP
/// has none.
struct WireCursor: Sendable {
    // SAFETY: `0 ≤ offset ≤ end ≤ body.byteCount` always holds, because a cursor is made of a range that a
    // cursor of the same body gave; so a load that ends at or before `end` needs no second check.
    var offset: Int
    /// Where the message ends; never beyond the body.
    let end: Int

    @inline(__always) init(_ range: ByteRange) {
        offset = Int(range.offset)
        end = Int(range.offset) + Int(range.count)
    }

    init(start: Int, end: Int) {
        offset = start
        self.end = end
    }

    @inline(__always) var isAtEnd: Bool { offset >= end }

    /// HOT: per field (benchmark `decode`). One and two bytes at once; the rest goes through values, not
    /// through `self`, so that a cursor on the stack stays in registers.
    @inline(__always) mutating func varint(_ body: RawSpan) throws(WireError) -> UInt64 {
        let available = end &- offset
        guard available > 0 else { throw WireError(offset: offset, reason: .truncated) }
        let first = body.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
        if first < 0x80 {
            offset &+= 1
            return UInt64(first)
        }
        if available > 1 {
            let second = body.unsafeLoad(fromUncheckedByteOffset: offset &+ 1, as: UInt8.self)
            if second < 0x80 {
                offset &+= 2
                return UInt64(first & 0x7F) | UInt64(second) &<< 7
            }
        }
        let (value, next) = try Self.longVarint(body, offset, end)
        offset = next
        return value
    }

    /// The varint at `start`, and where it ends.
    @inline(never) private static func longVarint(
        _ body: RawSpan, _ start: Int, _ end: Int
    ) throws(WireError) -> (value: UInt64, next: Int) {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        var offset = start
        while true {
            guard offset < end else { throw WireError(offset: start, reason: .truncated) }
            let byte = body.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
            offset += 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return (value, offset) }
            shift += 7
            if shift >= 70 { throw WireError(offset: start, reason: .varintTooLong) }
        }
    }

    /// An enum's number: 32 bits of its varint, sign-extended, as protobuf says.
    @inline(__always) mutating func enumeration(_ body: RawSpan) throws(WireError) -> UInt64 {
        UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: try varint(body))))
    }

    /// The next tag: field number and wire type in one number.
    @inline(__always) mutating func tag(_ body: RawSpan) throws(WireError) -> UInt32 {
        let start = offset
        let value = try varint(body)
        guard value <= UInt64(UInt32.max), value >= 8 else { throw WireError(offset: start, reason: .badTag) }
        return UInt32(truncatingIfNeeded: value)
    }

    /// The range of a length-delimited field; the cursor goes behind it.
    @inline(__always) mutating func bytes(_ body: RawSpan) throws(WireError) -> ByteRange {
        let start = offset
        let length = try varint(body)
        guard length <= UInt64(end - offset) else { throw WireError(offset: start, reason: .lengthBeyondEnd) }
        let range = ByteRange(
            offset: Int32(truncatingIfNeeded: offset), count: Int32(truncatingIfNeeded: length))
        offset += Int(length)
        return range
    }

    @inline(__always) mutating func fixed64(_ body: RawSpan) throws(WireError) -> UInt64 {
        guard end - offset >= 8 else { throw WireError(offset: offset, reason: .truncated) }
        let value = body.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
        offset += 8
        return UInt64(littleEndian: value)
    }

    /// Steps over the value of a field with this tag.
    @inline(__always) mutating func skip(_ tag: UInt32, _ body: RawSpan) throws(WireError) {
        switch tag & 7 {
        case 0: _ = try varint(body)
        case 1: try advance(8)
        case 2: _ = try bytes(body)
        case 5: try advance(4)
        default: throw WireError(offset: offset, reason: .badTag)
        }
    }

    @inline(__always) private mutating func advance(_ count: Int) throws(WireError) {
        guard end - offset >= count else { throw WireError(offset: offset, reason: .truncated) }
        offset += count
    }
}

/// Where some bytes stand in a request body.
public struct ByteRange: BitwiseCopyable, Sendable, Equatable {
    /// From the body's first byte.
    public var offset: Int32
    /// In bytes.
    public var count: Int32

    package init(offset: Int32, count: Int32) {
        self.offset = offset
        self.count = count
    }

    package static let empty = ByteRange(offset: 0, count: 0)

    /// Of places in a body, which are below 2³¹.
    @inline(__always) init(at offset: Int, count: Int) {
        self.init(offset: Int32(truncatingIfNeeded: offset), count: Int32(truncatingIfNeeded: count))
    }
}

/// Reads what `ByteWriter` wrote; every step is checked against the end.
public struct ByteReader {
    @usableFromInline var position: Int
    @usableFromInline let end: Int

    /// Reads all of `source`, which is passed to every step again.
    public init(_ source: RawSpan) {
        position = 0
        end = source.byteCount
    }

    /// Whether everything was read.
    @inlinable public var isAtEnd: Bool { position == end }

    /// What is thrown for a number that cannot be here.
    @inlinable public var failure: ByteReaderError { ByteReaderError(offset: position) }

    /// Reads one byte.
    @inlinable public mutating func byte(_ source: RawSpan) throws(ByteReaderError) -> UInt8 {
        guard position < end else { throw ByteReaderError(offset: position) }
        defer { position += 1 }
        return source.unsafeLoad(fromByteOffset: position, as: UInt8.self)
    }

    /// Reads a whole number.
    ///
    /// HOT: per amount of a row (benchmark `apply`).
    @inlinable @inline(__always)
    public mutating func varint(_ source: RawSpan) throws(ByteReaderError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            // SAFETY: `end` is the size of the source, and the position is below it.
            let byte = source.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
            position += 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift += 7
            if shift > 63 { break }
        }
        throw ByteReaderError(offset: position)
    }

    /// Reads a number that must be below `bound`.
    @inlinable @inline(__always)
    public mutating func number(below bound: Int, _ source: RawSpan) throws(ByteReaderError) -> Int {
        let value = try varint(source)
        guard value < UInt64(bound) else { throw ByteReaderError(offset: position) }
        return Int(value)
    }

    /// Reads eight bytes.
    @inlinable public mutating func fixed64(_ source: RawSpan) throws(ByteReaderError) -> UInt64 {
        guard end - position >= 8 else { throw ByteReaderError(offset: position) }
        defer { position += 8 }
        return UInt64(littleEndian: source.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    /// Reads an amount.
    ///
    /// HOT: per amount of a row (benchmark `apply`).
    @inlinable @inline(__always)
    public mutating func amount(_ source: RawSpan) throws(ByteReaderError) -> Double {
        let value = try varint(source)
        if value & 1 == 0 { return Double(value &>> 1) }
        return Double(bitPattern: try fixed64(source))
    }

    /// Reads a length and skips as many bytes; where they lie in `source`.
    public mutating func text(_ source: RawSpan) throws(ByteReaderError) -> Range<Int> {
        let count = try varint(source)
        guard count <= UInt64(end - position) else { throw ByteReaderError(offset: position) }
        defer { position += Int(count) }
        return position..<position + Int(count)
    }
}

/// The bytes end too early or hold a number that cannot be.
public struct ByteReaderError: Error, Equatable {
    /// Where reading stopped.
    public let offset: Int

    @inlinable init(offset: Int) { self.offset = offset }
}

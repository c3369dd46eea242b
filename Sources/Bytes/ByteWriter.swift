/// Writes numbers and bytes one after another; `ByteReader` reads them back.
///
/// Whole numbers are varints, as in protobuf: seven bits a byte, the lowest first. Keeps its memory from one
/// use to the next.
public struct ByteWriter: ~Copyable, Sendable {
    @usableFromInline var buffer: OwnedBuffer<UInt8>

    /// An empty writer with room for `capacity` bytes.
    public init(capacity: Int = 1 << 10) {
        buffer = OwnedBuffer(capacity: capacity)
    }

    /// How many bytes were written.
    @inlinable public var count: Int {
        mutating get { buffer.count }
    }

    /// What was written.
    public var bytes: [UInt8] {
        mutating get { buffer.withUnsafeBytes { [UInt8]($0) } }
    }

    /// What was written, in place: until the next call that writes or starts anew, with a `// SAFETY:` line.
    public var unsafeBytes: UnsafeRawBufferPointer {
        mutating get { UnsafeRawBufferPointer(start: buffer.unsafeStart, count: buffer.count) }
    }

    /// Starts anew; memory beyond `capacityMax` bytes is given back.
    public mutating func removeAll(keepingCapacityUpTo capacityMax: Int = 1 << 20) {
        buffer.removeAll(keepingCapacityUpTo: capacityMax)
    }

    /// Writes one byte.
    @inlinable @inline(__always) public mutating func byte(_ value: UInt8) { buffer.append(value) }

    /// Writes a whole number in 1 to 10 bytes.
    ///
    /// HOT: per amount of a row (benchmark `resolve`).
    @inlinable @inline(__always) public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        buffer.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Writes a count, number or length that is not negative.
    @inlinable @inline(__always) public mutating func varint(_ value: Int) {
        varint(UInt64(bitPattern: Int64(value)))
    }

    /// Writes eight bytes, the lowest first.
    @inlinable public mutating func fixed64(_ value: UInt64) {
        buffer.append(count: 8) { place in
            // SAFETY: there is room for the eight bytes, which are of a type without an alignment.
            UnsafeMutableRawPointer(place).storeBytes(of: value.littleEndian, as: UInt64.self)
        }
    }

    /// Writes an amount: a varint of twice its value where it is whole, else 1 and the eight bytes of a double.
    ///
    /// HOT: per amount of a row (benchmark `resolve`).
    @inlinable @inline(__always) public mutating func amount(_ value: Double) {
        // Below 2⁵² every whole double is exact, and twice it fits.
        if value >= 0, value < 0x1p52 {
            let whole = UInt64(value)
            if Double(whole) == value, whole != 0 || value.sign == .plus { return varint(whole &<< 1) }
        }
        buffer.append(1)
        fixed64(value.bitPattern)
    }

    /// Writes the length of `count` bytes of `source` from `offset`, then the bytes.
    public mutating func text(_ source: RawSpan, at offset: Int, count: Int) {
        varint(count)
        source.extracting(offset..<offset + count).withUnsafeBytes { bytes in
            buffer.append(contentsOf: bytes.assumingMemoryBound(to: UInt8.self))
        }
    }

    /// Writes bytes as they are, without their length.
    public mutating func plain(_ source: [UInt8]) {
        source.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
    }

    /// Writes what another writer has as it is, without its length.
    public mutating func append(_ other: inout ByteWriter) {
        // SAFETY: the bytes are copied before the other writer is used again.
        buffer.append(contentsOf: other.unsafeBytes.assumingMemoryBound(to: UInt8.self))
    }

    /// Writes the length of the UTF-8 of texts that are one, then its bytes.
    public mutating func text(_ first: String, _ second: String = "") {
        var (first, second) = (first, second)
        varint(first.utf8.count + second.utf8.count)
        first.withUTF8 { buffer.append(contentsOf: $0) }
        second.withUTF8 { buffer.append(contentsOf: $0) }
    }
}

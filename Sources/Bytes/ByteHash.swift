/// A seeded 64-bit hash of bytes: multiply and fold, 16 bytes a step.
///
/// It only finds candidates; the bytes themselves decide. The seed is drawn per process, so that a sender
/// cannot prepare collisions.
public struct ByteHash: Sendable {
    @usableFromInline let seed: UInt64

    /// - Parameter seed: a random number, the same for all that must agree.
    public init(seed: UInt64) {
        self.seed = seed
    }

    /// Hashes `count` bytes of `bytes` from `offset`, which must be inside.
    ///
    /// HOT: per label value (benchmark `derive`). Complexity: O(`count`).
    @inlinable @inline(__always)
    public func callAsFunction(_ bytes: RawSpan, at offset: Int, count: Int) -> UInt64 {
        if count <= 16 {
            let (low, high) = Self.edges(bytes, at: offset, count: count)
            return short(low, high, count)
        }
        precondition(offset >= 0 && offset <= bytes.byteCount - count, "range out of bounds")
        // SAFETY: the whole range was checked above.
        return long(unchecked: bytes, at: offset, count: count)
    }

    /// The hash of more than 16 bytes, a range that the caller has shown to lie in `bytes`, with a
    /// `// SAFETY:` line.
    @inlinable @inline(__always)
    public func long(unchecked bytes: RawSpan, at offset: Int, count: Int) -> UInt64 {
        // SAFETY: each load lies in the range.
        var state = seed ^ UInt64(truncatingIfNeeded: count)
        var position = offset
        let last = offset &+ count &- 16
        while position < last {
            state = Self.fold(
                bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self) ^ Self.first,
                bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position &+ 8, as: UInt64.self) ^ state
            )
            position &+= 16
        }
        // The last 16 bytes, of which some may have been hashed above.
        return Self.fold(
            bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: last, as: UInt64.self) ^ Self.second,
            bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: last &+ 8, as: UInt64.self) ^ state
        )
    }

    /// The hash of at most 16 bytes by their edges.
    @inlinable @inline(__always) public func short(_ low: UInt64, _ high: UInt64, _ count: Int) -> UInt64 {
        Self.fold(low ^ Self.second, high ^ seed ^ UInt64(truncatingIfNeeded: count))
    }

    /// The first and the last eight bytes of at most 16, overlapping where there are fewer; with the count
    /// they decide the bytes in full.
    @inlinable @inline(__always)
    public static func edges(_ bytes: RawSpan, at offset: Int, count: Int) -> (UInt64, UInt64) {
        precondition(offset >= 0 && count >= 0 && offset <= bytes.byteCount - count, "range out of bounds")
        // SAFETY: the whole range was checked above.
        return edges(unchecked: bytes, at: offset, count: count)
    }

    /// The same for a range that the caller has shown to lie in `bytes`, with a `// SAFETY:` line.
    @inlinable @inline(__always)
    public static func edges(unchecked bytes: RawSpan, at offset: Int, count: Int) -> (UInt64, UInt64) {
        // SAFETY: each load lies in the range.
        if count >= 8 {
            return (
                bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self),
                bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ count &- 8, as: UInt64.self)
            )
        }
        if count >= 4 {
            return (
                UInt64(bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self)),
                UInt64(
                    bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ count &- 4, as: UInt32.self))
            )
        }
        if count == 0 { return (0, 0) }
        let first = UInt64(bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self))
        let middle = UInt64(bytes.unsafeLoad(fromUncheckedByteOffset: offset &+ count &>> 1, as: UInt8.self))
        let last = UInt64(bytes.unsafeLoad(fromUncheckedByteOffset: offset &+ count &- 1, as: UInt8.self))
        return (first << 16 | middle << 8 | last, 0)
    }

    /// Both halves of the 128-bit product, folded.
    @inlinable @inline(__always) public static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    // Odd constants with about as many ones as zeros; any such pair serves.
    @usableFromInline static let first: UInt64 = 0x9E37_79B9_7F4A_7C15
    @usableFromInline static let second: UInt64 = 0xD1B5_4A32_D192_ED03
}

extension RawSpan {
    /// Whether `count` bytes here and in `other` are the same.
    ///
    /// HOT: per label value (benchmark `derive`). Both ranges are bounds-checked.
    @inlinable @inline(__always)
    public func isEqual(at offset: Int, to other: RawSpan, at otherOffset: Int, count: Int) -> Bool {
        precondition(
            offset >= 0 && otherOffset >= 0 && count >= 0 && offset <= byteCount - count
                && otherOffset <= other.byteCount - count, "range out of bounds")
        // SAFETY: both ranges were checked above, and each load lies in them.
        if count <= 16 {
            return ByteHash.edges(unchecked: self, at: offset, count: count)
                == ByteHash.edges(unchecked: other, at: otherOffset, count: count)
        }
        return isLongEqual(unchecked: offset, to: other, at: otherOffset, count: count)
    }

    /// The same for more than 16 bytes, in ranges that the caller has shown to lie in both, with a `// SAFETY:`
    /// line.
    @inlinable @inline(__always)
    public func isLongEqual(
        unchecked offset: Int, to other: RawSpan, at otherOffset: Int, count: Int
    ) -> Bool {
        // SAFETY: each load lies in the ranges.
        var done = 0
        let last = count &- 16
        while done < last {
            if !holdsSixteen(offset &+ done, of: other, otherOffset &+ done) { return false }
            done &+= 16
        }
        return holdsSixteen(offset &+ last, of: other, otherOffset &+ last)
    }

    /// Whether 16 bytes that lie in both are the same.
    @inlinable @inline(__always)
    func holdsSixteen(_ offset: Int, of other: RawSpan, _ otherOffset: Int) -> Bool {
        // SAFETY: the caller has checked both ranges.
        let low =
            unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
            ^ other.unsafeLoadUnaligned(fromUncheckedByteOffset: otherOffset, as: UInt64.self)
        let high =
            unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ 8, as: UInt64.self)
            ^ other.unsafeLoadUnaligned(fromUncheckedByteOffset: otherOffset &+ 8, as: UInt64.self)
        return low | high == 0
    }
}

/// Tells valid UTF-8 from other bytes.
public enum UTF8Check {
    /// Whether the bytes are UTF-8 without surrogates, overlong forms or code points above U+10FFFF.
    ///
    /// Complexity: O(`count`), eight bytes a step over ASCII.
    public static func isValid(_ bytes: RawSpan, at offset: Int, count: Int) -> Bool {
        var position = offset
        let end = offset + count
        while position < end {
            if end - position >= 8,
                bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080
                    == 0
            {
                position += 8
                continue
            }
            let first = bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
            if first < 0x80 {
                position += 1
                continue
            }
            let length = sequenceLength(first)
            guard length > 0, position + length <= end, isSequence(bytes, at: position, first, length) else {
                return false
            }
            position += length
        }
        return true
    }

    private static func sequenceLength(_ first: UInt8) -> Int {
        switch first {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
    }

    /// The Unicode Standard, table 3-7: the second byte is narrowed after E0, ED, F0 and F4.
    private static func isSequence(_ bytes: RawSpan, at position: Int, _ first: UInt8, _ length: Int) -> Bool
    {
        let second = bytes.unsafeLoad(fromByteOffset: position + 1, as: UInt8.self)
        let allowed: ClosedRange<UInt8> =
            switch first {
            case 0xE0: 0xA0...0xBF
            case 0xED: 0x80...0x9F
            case 0xF0: 0x90...0xBF
            case 0xF4: 0x80...0x8F
            default: 0x80...0xBF
            }
        guard allowed.contains(second) else { return false }
        for offset in 2..<max(2, length) {
            guard bytes.unsafeLoad(fromByteOffset: position + offset, as: UInt8.self) & 0xC0 == 0x80 else {
                return false
            }
        }
        return true
    }
}

extension RawSpan {
    /// Whether `count` bytes here and in `other` are the same.
    ///
    /// HOT: per label value (benchmark `derive`). Both ranges are bounds-checked.
    @inlinable public func isEqual(at offset: Int, to other: RawSpan, at otherOffset: Int, count: Int) -> Bool
    {
        precondition(
            offset >= 0 && otherOffset >= 0 && count >= 0 && offset <= byteCount - count
                && otherOffset <= other.byteCount - count, "range out of bounds")
        // SAFETY: both ranges were checked above, and each load lies in them.
        var done = 0
        while count &- done > 16 {
            if unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ done, as: UInt64.self)
                != other.unsafeLoadUnaligned(fromUncheckedByteOffset: otherOffset &+ done, as: UInt64.self)
            {
                return false
            }
            done &+= 8
        }
        let mine = ByteHash.edges(unchecked: self, at: offset &+ done, count: count &- done)
        let theirs = ByteHash.edges(unchecked: other, at: otherOffset &+ done, count: count &- done)
        return mine == theirs
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

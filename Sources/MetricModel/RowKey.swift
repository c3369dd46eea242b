public import Bytes

/// The label values of a row: their numbers in the batch's value table, 16 bits each, the first lowest.
public struct RowKey: BitwiseCopyable, Equatable, Sendable {
    @usableFromInline var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// How many labels fit.
    public static let columnCountMax = 16
    /// Value numbers stay below this.
    public static let valueCountMax = 1 << 16

    /// All columns empty.
    @inlinable public init() {}

    /// Puts a value number into a column that is still 0.
    ///
    /// HOT: per label (benchmark `derive`).
    @inlinable @inline(__always) public mutating func set(_ column: Int, _ value: UInt32) {
        let bits = UInt64(value) &<< (UInt64(truncatingIfNeeded: column & 3) &* 16)
        switch column &>> 2 {
        case 0: words.0 |= bits
        case 1: words.1 |= bits
        case 2: words.2 |= bits
        default: words.3 |= bits
        }
    }

    /// The value number in a column.
    @inlinable public func value(_ column: Int) -> UInt32 {
        let word =
            switch column &>> 2 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return UInt32(truncatingIfNeeded: word &>> (UInt64(truncatingIfNeeded: column & 3) &* 16) & 0xFFFF)
    }

    /// Whether all columns are the same.
    @inlinable @inline(__always) public static func == (left: RowKey, right: RowKey) -> Bool {
        (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
            | (left.words.3 ^ right.words.3) == 0
    }

    /// A hash for a table's index.
    @inlinable @inline(__always) public func hash(_ table: Int32) -> UInt64 {
        // Both factors need ones all over: a small one would leave the lower bits to the first column alone.
        let low = ByteHash.fold(
            words.0 ^ 0x9E37_79B9_7F4A_7C15 &* UInt64(truncatingIfNeeded: 2 &* table &+ 1),
            words.1 ^ 0xA076_1D64_78BD_642F)
        if words.2 | words.3 == 0 { return low }
        return ByteHash.fold(low ^ words.2, words.3 ^ 0xA076_1D64_78BD_642F)
    }
}

import Bytes

/// Finds the slot of a key: an open-addressing table over length, first and last eight bytes; longer keys are
/// compared in full.
struct KeyTable: ~Copyable, Sendable {
    struct Entry: BitwiseCopyable, Sendable {
        var slot: Int32 = -1
        var count: Int32 = 0
        var low: UInt64 = 0
        var high: UInt64 = 0
    }

    private let texts: [[UInt8]]
    private var entries: OwnedBuffer<Entry>
    private let mask: Int
    /// Bit n says that a key of n bytes is wanted, bit 63 one of 63 or more: most other keys end here.
    private var lengths: UInt64 = 0

    init(_ keys: AttributeKeys) {
        texts = keys.keys.map { [UInt8]($0.utf8) }
        var size = 16
        while size < texts.count * 4 { size *= 2 }
        entries = OwnedBuffer(repeating: Entry(), count: size)
        mask = size - 1
        for (slot, text) in texts.enumerated() {
            let (low, high) = ByteHash.edges(text.span.bytes, at: 0, count: text.count)
            var position = Self.hash(low, high, text.count) & mask
            while entries[position].slot >= 0 { position = (position + 1) & mask }
            entries[position] = Entry(slot: Int32(slot), count: Int32(text.count), low: low, high: high)
            lengths |= Self.bit(text.count)
        }
    }

    /// The slot of the key of `count` bytes at `offset`, which must lie in `body`; −1 where no pack reads it.
    ///
    /// HOT: per attribute (benchmark `decode`).
    @inline(__always) mutating func slot(_ offset: Int, _ count: Int, _ body: RawSpan) -> Int {
        if lengths & Self.bit(count) == 0 { return -1 }
        if count > 16 { return longSlot(offset, count, body) }
        // SAFETY: the reader has checked the range, and `mask` is the table's size less one.
        let (low, high) = ByteHash.edges(unchecked: body, at: offset, count: count)
        var position = Self.hash(low, high, count) & mask
        while true {
            let entry = entries[unchecked: position]
            if entry.low == low, entry.high == high, Int(entry.count) == count { return Int(entry.slot) }
            if entry.slot < 0 { return -1 }
            position = (position &+ 1) & mask
        }
    }

    @inline(never) private mutating func longSlot(_ offset: Int, _ count: Int, _ body: RawSpan) -> Int {
        let (low, high) = ByteHash.edges(body, at: offset, count: count)
        var position = Self.hash(low, high, count) & mask
        while true {
            let entry = entries[position]
            if entry.slot < 0 { return -1 }
            if entry.low == low, entry.high == high, Int(entry.count) == count {
                let text = texts[Int(entry.slot)]
                if body.isEqual(at: offset, to: text.span.bytes, at: 0, count: count) {
                    return Int(entry.slot)
                }
            }
            position = (position &+ 1) & mask
        }
    }

    @inline(__always) private static func bit(_ count: Int) -> UInt64 {
        1 &<< UInt64(truncatingIfNeeded: min(count, 63))
    }

    @inline(__always) private static func hash(_ low: UInt64, _ high: UInt64, _ count: Int) -> Int {
        let mixed = (low ^ (high &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(count)) &* 0xD1B5_4A32_D192_ED03
        return Int(truncatingIfNeeded: mixed &>> 40)
    }
}

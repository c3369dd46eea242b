import Bytes

/// The attribute keys that the packs in force read, each with its slot number.
///
/// An open-addressing table over length, first and last eight bytes; longer keys are compared in full.
package struct AttributeKeys: Sendable {
    private struct Entry {
        var slot: Int32 = -1
        var count: Int32 = 0
        var low: UInt64 = 0
        var high: UInt64 = 0
    }

    /// In slot order.
    package let keys: [String]
    private let texts: [[UInt8]]
    private var entries: [Entry]
    private let mask: Int

    /// - Parameter keys: distinct keys; slot n is the n-th of them.
    package init(_ keys: [String]) {
        self.keys = keys
        texts = keys.map { [UInt8]($0.utf8) }
        var size = 16
        while size < keys.count * 4 { size *= 2 }
        entries = [Entry](repeating: Entry(), count: size)
        mask = size - 1
        for (slot, text) in texts.enumerated() {
            let (low, high) = ByteHash.edges(text.span.bytes, at: 0, count: text.count)
            var position = Self.hash(low, high, text.count) & mask
            while entries[position].slot >= 0 { position = (position + 1) & mask }
            entries[position] = Entry(slot: Int32(slot), count: Int32(text.count), low: low, high: high)
        }
    }

    /// The slot of the key in `range`, or −1 where no pack reads it.
    ///
    /// HOT: per attribute (benchmark `decode`).
    @inline(__always) func slot(_ range: ByteRange, _ body: RawSpan) -> Int {
        let count = Int(range.count)
        let (low, high) = ByteHash.edges(body, at: Int(range.offset), count: count)
        var position = Self.hash(low, high, count) & mask
        while true {
            let entry = entries[position]
            if entry.slot < 0 { return -1 }
            if entry.low == low, entry.high == high, entry.count == range.count,
                count <= 16 || range.holds(texts[Int(entry.slot)], in: body)
            {
                return Int(entry.slot)
            }
            position = (position + 1) & mask
        }
    }

    @inline(__always) private static func hash(_ low: UInt64, _ high: UInt64, _ count: Int) -> Int {
        let mixed = (low ^ (high &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(count)) &* 0xD1B5_4A32_D192_ED03
        return Int(truncatingIfNeeded: mixed &>> 40)
    }
}

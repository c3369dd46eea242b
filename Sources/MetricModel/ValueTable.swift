public import Bytes

/// The distinct label values of one batch, numbered from 1 in the order they came; 0 is the empty value.
///
/// Values are at most `valueByteCountMax` bytes of valid UTF-8: longer ones are cut on a character's
/// boundary, invalid bytes become U+FFFD. It outlives the batch; `reset` empties it.
@usableFromInline package struct ValueTable: ~Copyable, Sendable {
    /// The values' bytes one after another.
    package private(set) var bytes: [UInt8] = []
    /// Where value `n` ends in `bytes`; it begins where `n - 1` ends. `ends[0]` is 0.
    package private(set) var ends: [UInt32] = [0]
    /// The hash of each value; the registry finds it by the same hash.
    package private(set) var hashes: [UInt64] = [0]
    /// How many values were cut since `forgetCuts`.
    package private(set) var cutCount = 0
    /// How often a text became another value than itself, cut or repaired; wraps, and is never reset. While
    /// it stays the same, equal numbers mean equal texts.
    package private(set) var alterationCount: UInt64 = 0

    /// A place of the index: the first and last eight bytes of a short value, or the hash of a long one and
    /// where it begins in `bytes`.
    @usableFromInline struct Entry: BitwiseCopyable, Sendable {
        @usableFromInline var low: UInt64 = 0
        @usableFromInline var high: UInt64 = 0
        @usableFromInline var count: UInt32 = 0
        /// 0 for a free place.
        @usableFromInline var id: UInt32 = 0
    }

    @usableFromInline var index: OwnedBuffer<Entry>
    @usableFromInline var mask: Int
    @usableFromInline let hash: ByteHash
    let valueByteCountMax: Int

    private static let usualPlaceCount = 2048

    package init(hash: ByteHash, valueByteCountMax: Int) {
        self.hash = hash
        self.valueByteCountMax = valueByteCountMax
        index = OwnedBuffer(repeating: Entry(), count: Self.usualPlaceCount)
        mask = Self.usualPlaceCount - 1
    }

    /// The number of values with the empty one.
    package var count: Int { ends.count }

    /// The bytes of value `id` as a range of `bytes`.
    package func range(_ id: UInt32) -> Range<Int> {
        id == 0 ? 0..<0 : Int(ends[Int(id) - 1])..<Int(ends[Int(id)])
    }

    /// Forgets all values.
    package mutating func reset() {
        index = OwnedBuffer(repeating: Entry(), count: Self.usualPlaceCount)
        mask = Self.usualPlaceCount - 1
        bytes = []
        ends = [0]
        hashes = [0]
        cutCount = 0
    }

    /// Starts to count cut values anew.
    package mutating func forgetCuts() { cutCount = 0 }

    /// The number of the value that stands in `source` at `offset`.
    ///
    /// HOT: per label value (benchmark `derive`). Allocates nothing for a value that the batch knows. Up to 16
    /// bytes are compared as two words, longer ones byte by byte.
    @inlinable @inline(__always)
    package mutating func intern(_ source: RawSpan, at offset: Int, count: Int) -> UInt32 {
        if count == 0 { return 0 }
        guard count <= 16 else { return internLong(source, at: offset, count: count) }
        let (low, high) = ByteHash.edges(source, at: offset, count: count)
        let wanted = hash.short(low, high, count)
        var position = Int(truncatingIfNeeded: wanted) & mask
        while true {
            // SAFETY: `mask` is the index' size less one.
            let entry = index[unchecked: position]
            if entry.low == low, entry.high == high, entry.count == UInt32(truncatingIfNeeded: count) {
                return entry.id
            }
            if entry.id == 0 { break }
            position = (position &+ 1) & mask
        }
        return add(source, at: offset, count: count, hash: wanted, low: low, high: high)
    }

    @usableFromInline @inline(never)
    mutating func internLong(_ source: RawSpan, at offset: Int, count: Int) -> UInt32 {
        if count > valueByteCountMax { return internCut(source, at: offset, count: count) }
        precondition(count > 16 && offset >= 0 && offset <= source.byteCount - count, "range out of bounds")
        // SAFETY: the range was checked above, `mask` is the index' size less one, and an entry says where
        // `count` bytes begin in `bytes`.
        let wanted = hash.long(unchecked: source, at: offset, count: count)
        var position = Int(truncatingIfNeeded: wanted) & mask
        while true {
            let entry = index[unchecked: position]
            if entry.id == 0 { break }
            if entry.low == wanted, entry.count == UInt32(truncatingIfNeeded: count),
                source.isLongEqual(
                    unchecked: offset, to: bytes.span.bytes, at: Int(truncatingIfNeeded: entry.high),
                    count: count
                )
            {
                return entry.id
            }
            position = (position &+ 1) & mask
        }
        return add(source, at: offset, count: count, hash: wanted, low: wanted, high: UInt64(bytes.count))
    }

    @usableFromInline @inline(never)
    mutating func add(
        _ source: RawSpan, at offset: Int, count: Int, hash wanted: UInt64, low: UInt64, high: UInt64
    ) -> UInt32 {
        if !UTF8Check.isValid(source, at: offset, count: count) {
            return internRepaired(source, at: offset, count: count)
        }
        let id = UInt32(ends.count)
        source.extracting(offset..<offset + count).withUnsafeBytes { bytes.append(contentsOf: $0) }
        ends.append(UInt32(bytes.count))
        hashes.append(wanted)
        if ends.count * 2 > index.count { grow() }
        place(Entry(low: low, high: high, count: UInt32(count), id: id))
        return id
    }

    private mutating func place(_ entry: Entry) {
        var position = Int(truncatingIfNeeded: hashes[Int(entry.id)]) & mask
        while index[position].id != 0 { position = (position + 1) & mask }
        index[position] = entry
    }

    private mutating func grow() {
        let size = index.count * 2
        var old = OwnedBuffer(repeating: Entry(), count: size)
        swap(&old, &index)
        mask = size - 1
        for position in 0..<old.count where old[position].id != 0 { place(old[position]) }
    }

    /// The number of a text that is known beforehand.
    package mutating func intern(_ text: [UInt8]) -> UInt32 {
        intern(text.span.bytes, at: 0, count: text.count)
    }

    /// Cuts before the last character that does not fit whole.
    private mutating func internCut(_ source: RawSpan, at offset: Int, count: Int) -> UInt32 {
        cutCount += 1
        alterationCount &+= 1
        var end = valueByteCountMax
        var steps = 0
        while end > 0, steps < 4,
            source.unsafeLoad(fromByteOffset: offset + end, as: UInt8.self) & 0xC0 == 0x80
        {
            end -= 1
            steps += 1
        }
        if end == 0 || steps == 4 { end = valueByteCountMax }
        return intern(source, at: offset, count: end)
    }

    private mutating func internRepaired(_ source: RawSpan, at offset: Int, count: Int) -> UInt32 {
        alterationCount &+= 1
        let raw = source.extracting(offset..<offset + count).withUnsafeBytes { [UInt8]($0) }
        var repaired = [UInt8](String(decoding: raw, as: UTF8.self).utf8)
        if repaired.count > valueByteCountMax {
            // A replacement character is longer than the byte it stands for.
            var end = valueByteCountMax
            while end > 0, repaired[end] & 0xC0 == 0x80 { end -= 1 }
            repaired.removeSubrange(end...)
        }
        return intern(repaired.span.bytes, at: 0, count: repaired.count)
    }
}

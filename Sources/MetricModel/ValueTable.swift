package import Bytes

/// The distinct label values of one batch, numbered from 1 in the order they came; 0 is the empty value.
///
/// Values are at most `valueByteCountMax` bytes of valid UTF-8: longer ones are cut on a character's
/// boundary, invalid bytes become U+FFFD. Memory is kept between batches.
package struct ValueTable: ~Copyable, Sendable {
    /// The values' bytes one after another.
    package private(set) var bytes: [UInt8] = []
    /// Where value `n` ends in `bytes`; it begins where `n - 1` ends. `ends[0]` is 0.
    package private(set) var ends: [UInt32] = [0]
    /// The hash of each value; the registry finds it by the same hash.
    package private(set) var hashes: [UInt64] = [0]
    /// How many values were cut since `reset`.
    package private(set) var cutCount = 0

    private var positions: [UInt32] = [0]
    private var index: [UInt32]
    private var mask: Int
    private let hash: ByteHash
    private let valueByteCountMax: Int

    package init(hash: ByteHash, valueByteCountMax: Int) {
        self.hash = hash
        self.valueByteCountMax = valueByteCountMax
        index = [UInt32](repeating: 0, count: 1024)
        mask = 1023
    }

    /// The number of values with the empty one.
    package var count: Int { ends.count }

    /// The bytes of value `id` as a range of `bytes`.
    package func range(_ id: UInt32) -> Range<Int> {
        id == 0 ? 0..<0 : Int(ends[Int(id) - 1])..<Int(ends[Int(id)])
    }

    /// Forgets all values; memory beyond the usual batch is given back.
    package mutating func reset() {
        if index.count > 1 << 15 {
            index = [UInt32](repeating: 0, count: 1024)
            mask = 1023
            bytes = []
            ends = [0]
            hashes = [0]
            positions = [0]
        } else {
            for id in 1..<max(1, positions.count) { index[Int(positions[id])] = 0 }
            bytes.removeAll(keepingCapacity: true)
            ends.removeSubrange(1...)
            hashes.removeSubrange(1...)
            positions.removeSubrange(1...)
        }
        cutCount = 0
    }

    /// The number of the value that stands in `source` at `offset`.
    ///
    /// HOT: per label value (benchmark `derive`). Allocates nothing for a value that the batch knows.
    package mutating func intern(_ source: RawSpan, at offset: Int, count: Int) -> UInt32 {
        if count == 0 { return 0 }
        if count > valueByteCountMax { return internLong(source, at: offset, count: count) }
        let wanted = hash(source, at: offset, count: count)
        var position = Int(truncatingIfNeeded: wanted) & mask
        while true {
            let id = index[position]
            if id == 0 { break }
            if hashes[Int(id)] == wanted, matches(id, source, at: offset, count: count) { return id }
            position = (position + 1) & mask
        }
        if !UTF8Check.isValid(source, at: offset, count: count) {
            return internRepaired(source, at: offset, count: count)
        }
        return insert(source, at: offset, count: count, hash: wanted, position: position)
    }

    /// The number of a text that is known beforehand.
    package mutating func intern(_ text: [UInt8]) -> UInt32 {
        intern(text.span.bytes, at: 0, count: text.count)
    }

    private func matches(_ id: UInt32, _ source: RawSpan, at offset: Int, count: Int) -> Bool {
        let known = range(id)
        guard known.count == count else { return false }
        return bytes.span.bytes.isEqual(at: known.lowerBound, to: source, at: offset, count: count)
    }

    private mutating func insert(
        _ source: RawSpan, at offset: Int, count: Int, hash wanted: UInt64, position: Int
    ) -> UInt32 {
        let id = UInt32(ends.count)
        source.extracting(offset..<offset + count).withUnsafeBytes { bytes.append(contentsOf: $0) }
        ends.append(UInt32(bytes.count))
        hashes.append(wanted)
        index[position] = id
        positions.append(UInt32(position))
        if ends.count * 2 > index.count { grow() }
        return id
    }

    private mutating func grow() {
        mask = index.count * 2 - 1
        index = [UInt32](repeating: 0, count: mask + 1)
        for id in 1..<ends.count {
            var position = Int(truncatingIfNeeded: hashes[id]) & mask
            while index[position] != 0 { position = (position + 1) & mask }
            index[position] = UInt32(id)
            positions[id] = UInt32(position)
        }
    }

    /// Cuts before the last character that does not fit whole.
    private mutating func internLong(_ source: RawSpan, at offset: Int, count: Int) -> UInt32 {
        cutCount += 1
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

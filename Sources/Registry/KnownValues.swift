import Bytes
import MetricModel

/// The label values of all series, each once, numbered from 1; 0 is the empty value.
///
/// Identity is exact: the hash finds a candidate, the bytes decide. Numbers of values that no series has any
/// more are given to new ones.
struct KnownValues {
    private var bytes: [UInt8] = []
    private var starts: [UInt32] = [0]
    private var counts: [UInt32] = [0]
    private(set) var hashes: [UInt64] = [0]
    private var isFree = [false]
    private var free: [UInt32] = []
    private var index = [UInt32](repeating: 0, count: 256)
    private var mask = 255

    /// One more than the highest number.
    var endID: Int { starts.count }

    func range(_ id: UInt32) -> Range<Int> {
        let start = Int(starts[Int(id)])
        return start..<start + Int(counts[Int(id)])
    }

    /// The number of a value; 0 where it is not known.
    ///
    /// HOT: per distinct label value of a batch (benchmark `apply`).
    func find(_ hash: UInt64, _ source: RawSpan, at offset: Int, count: Int) -> UInt32 {
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            let id = index[position]
            if id == 0 { return 0 }
            if hashes[Int(id)] == hash {
                let known = range(id)
                if known.count == count,
                    bytes.span.bytes.isEqual(at: known.lowerBound, to: source, at: offset, count: count)
                {
                    return id
                }
            }
            position = (position + 1) & mask
        }
    }

    /// Adds a value that `find` does not know.
    mutating func insert(_ hash: UInt64, _ source: RawSpan, at offset: Int, count: Int) -> UInt32 {
        let id = free.popLast() ?? UInt32(starts.count)
        if Int(id) == starts.count {
            starts.append(0)
            counts.append(0)
            hashes.append(0)
            isFree.append(false)
        }
        starts[Int(id)] = UInt32(bytes.count)
        counts[Int(id)] = UInt32(count)
        hashes[Int(id)] = hash
        isFree[Int(id)] = false
        source.extracting(offset..<offset + count).withUnsafeBytes { bytes.append(contentsOf: $0) }
        if starts.count * 2 > index.count { rebuildIndex(placeCount: index.count * 2) } else { place(id) }
        return id
    }

    /// Forgets every value for which `isUsed` is false and gives its memory back.
    ///
    /// Complexity: O(all values).
    mutating func keep(_ isUsed: [Bool]) {
        var kept: [UInt8] = []
        for id in 1..<starts.count where !isFree[id] {
            if isUsed[id] {
                let range = range(UInt32(id))
                starts[id] = UInt32(kept.count)
                kept += bytes[range]
            } else {
                isFree[id] = true
                free.append(UInt32(id))
            }
        }
        bytes = kept
        rebuildIndex(placeCount: index.count)
    }

    private mutating func place(_ id: UInt32) {
        var position = Int(truncatingIfNeeded: hashes[Int(id)]) & mask
        while index[position] != 0 { position = (position + 1) & mask }
        index[position] = id
    }

    private mutating func rebuildIndex(placeCount: Int) {
        mask = placeCount - 1
        index = [UInt32](repeating: 0, count: placeCount)
        for id in 1..<starts.count where !isFree[id] { place(UInt32(id)) }
    }

    /// Appends the bytes of `id`.
    func append(_ id: UInt32, to target: inout [UInt8]) {
        target.append(contentsOf: bytes[range(id)])
    }

    /// Writes the length and the bytes of `id`.
    func write(_ id: UInt32, to writer: inout ByteWriter) {
        let range = range(id)
        writer.text(bytes.span.bytes, at: range.lowerBound, count: range.count)
    }
}

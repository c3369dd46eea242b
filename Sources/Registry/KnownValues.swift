import Bytes
import MetricModel

/// The label values of all series, each once, numbered from 1; 0 is the empty value.
///
/// Identity is exact: the hash finds a candidate, the bytes decide.
struct KnownValues {
    private var bytes: [UInt8] = []
    private var ends: [UInt32] = [0]
    private(set) var hashes: [UInt64] = [0]
    private var index = [UInt32](repeating: 0, count: 256)
    private var mask = 255

    var count: Int { ends.count - 1 }

    func range(_ id: UInt32) -> Range<Int> {
        id == 0 ? 0..<0 : Int(ends[Int(id) - 1])..<Int(ends[Int(id)])
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
        let id = UInt32(ends.count)
        source.extracting(offset..<offset + count).withUnsafeBytes { bytes.append(contentsOf: $0) }
        ends.append(UInt32(bytes.count))
        hashes.append(hash)
        if ends.count * 2 > index.count { grow() }
        place(id)
        return id
    }

    private mutating func place(_ id: UInt32) {
        var position = Int(truncatingIfNeeded: hashes[Int(id)]) & mask
        while index[position] != 0 { position = (position + 1) & mask }
        index[position] = id
    }

    private mutating func grow() {
        mask = index.count * 2 - 1
        index = [UInt32](repeating: 0, count: mask + 1)
        for id in 1..<max(1, ends.count - 1) { place(UInt32(id)) }
    }

    /// Appends the bytes of `id`.
    func append(_ id: UInt32, to target: inout [UInt8]) {
        target.append(contentsOf: bytes[range(id)])
    }
}

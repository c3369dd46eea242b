import Bytes

/// Finds keys of a ring: buckets of 16 entries, one line of the processor's cache each.
///
/// An entry is a place of the ring and 11 bits of the key; the ring decides. A bucket that is full spills into the
/// next one and counts how often. On average buckets are half full, so one in 270 spills. 8.1 bytes for each
/// key that it has room for.
struct KeyIndex: ~Copyable, Sendable {
    private typealias Lanes = SIMD16<UInt32>

    /// 0 where nothing is.
    private var entries: OwnedBuffer<UInt32>
    /// How many keys went past each bucket because it was full; `UInt8.max` stays.
    private var spills: OwnedBuffer<UInt8>
    private let bucketMask: Int

    private static let bucketWidth = 16
    /// The most places of a ring, in bits.
    static let placeBits: UInt32 = 21
    private static let placeMask = UInt32(1) &<< placeBits &- 1
    /// One bit for each lane; computed, so that it is a constant of the code and not a global to be made first.
    private static var laneBits: Lanes {
        @inline(__always) get {
            Lanes(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768)
        }
    }

    /// - Parameter capacity: how many places the ring has, a power of two.
    init(capacity: Int) {
        // A look-up touches one line anywhere: with small pages it would miss the page's address as well.
        entries = OwnedBuffer(repeating: 0, count: capacity * 2, inLargePages: true)
        spills = OwnedBuffer(repeating: 0, count: capacity * 2 / Self.bucketWidth)
        bucketMask = capacity * 2 / Self.bucketWidth - 1
    }

    /// Has the processor fetch the lines of keys all at once, rather than one after the other as they are needed.
    ///
    /// - Returns: nothing of use; it depends on every line, so that none is left out.
    @inline(never) @discardableResult mutating func touch(_ keys: UnsafeBufferPointer<SpanKey>) -> UInt32 {
        let entries = entries.unsafeStart
        var sum: UInt32 = 0
        // SAFETY: a bucket is below their number, and each has this width.
        for key in keys { sum |= entries[home(key) &* Self.bucketWidth] }
        return sum
    }

    /// Whether the ring holds the key.
    mutating func find(_ key: SpanKey, _ ring: inout OwnedBuffer<SpanKey>) -> Bool {
        // SAFETY: the mask keeps the bucket below the number of buckets, here and below.
        var bucket = home(key)
        while true {
            let same = lanes(bucket) & ~Self.placeMask .== Lanes(repeating: Self.tag(key))
            if any(same), isAny(same, key, &ring, bucket) { return true }
            if spills[unchecked: bucket] == 0 { return false }
            bucket = (bucket &+ 1) & bucketMask
        }
    }

    /// Adds a key, which it does not have, as the one that the ring holds at `place`.
    mutating func add(_ key: SpanKey, at place: Int) {
        var bucket = home(key)
        while true {
            let free = Self.bits(lanes(bucket) .== Lanes(repeating: 0))
            if free != 0 {
                // SAFETY: the bucket is below the number of buckets, the lane below their width.
                let lane = free.trailingZeroBitCount
                entries[unchecked: bucket &* Self.bucketWidth &+ lane] =
                    Self.tag(key) | UInt32(truncatingIfNeeded: place)
                return
            }
            if spills[bucket] < .max { spills[bucket] += 1 }
            bucket = (bucket &+ 1) & bucketMask
        }
    }

    /// Removes a key, which it has, with the place at which the ring held it.
    mutating func remove(_ key: SpanKey, at place: Int) {
        let entry = Self.tag(key) | UInt32(truncatingIfNeeded: place)
        var bucket = home(key)
        while true {
            let same = Self.bits(lanes(bucket) .== Lanes(repeating: entry))
            if same != 0 {
                // SAFETY: as in `add`.
                entries[unchecked: bucket &* Self.bucketWidth &+ same.trailingZeroBitCount] = 0
                return
            }
            precondition(spills[bucket] > 0, "the key is in the ring and not in its index")
            if spills[bucket] < .max { spills[bucket] -= 1 }
            bucket = (bucket &+ 1) & bucketMask
        }
    }

    private func home(_ key: SpanKey) -> Int { Int(truncatingIfNeeded: key.low) & bucketMask }

    /// The key's bits of an entry, where they stand; never all 0.
    private static func tag(_ key: SpanKey) -> UInt32 {
        let tag = UInt32(truncatingIfNeeded: key.high &>> UInt64(32 + placeBits))
        return (tag == 0 ? 1 : tag) &<< placeBits
    }

    /// Whether one of the entries is the key's: about one key in 130 has to ask.
    @inline(never) private mutating func isAny(
        _ same: SIMDMask<SIMD16<Int32>>, _ key: SpanKey, _ ring: inout OwnedBuffer<SpanKey>, _ bucket: Int
    ) -> Bool {
        let lanes = lanes(bucket)
        for lane in 0..<Self.bucketWidth where same[lane] {
            if ring[Int(lanes[lane] & Self.placeMask)] == key { return true }
        }
        return false
    }

    @inline(__always) private static func bits(_ mask: SIMDMask<SIMD16<Int32>>) -> UInt32 {
        Lanes(repeating: 0).replacing(with: laneBits, where: mask).wrappedSum()
    }

    @inline(__always) private mutating func lanes(_ bucket: Int) -> Lanes {
        // SAFETY: the bucket is below their number, and each has this width.
        UnsafeRawPointer(entries.unsafeStart + bucket &* Self.bucketWidth).loadUnaligned(as: Lanes.self)
    }
}

package import Bytes

/// The keys of the newest spans: at most `keyCountMax`, and none older than `ageMax`.
///
/// Keys lie in a ring in the order they came. An index of buckets of 16 entries, one line of the processor's
/// cache each, finds them; an entry is a place of the ring and 11 bits of the key, and the ring decides. A full
/// bucket spills into the next one. Memory grows with the keys, at most 24.2 bytes a key of the limit.
package struct DedupeWindow: ~Copyable, Sendable {
    /// The most keys, a power of two.
    package let keyCountMax: Int
    /// Milliseconds that a key is kept.
    package let ageMax: Int64
    /// Keys that went before they were `ageMax` old, because there were too many.
    package private(set) var evictedEarlyCount: UInt64 = 0

    private var ring: OwnedBuffer<SpanKey>
    private var index: OwnedBuffer<UInt32>
    /// For each bucket how many keys went past it because it was full.
    private var spills: OwnedBuffer<UInt8>
    /// The place of the oldest key; places are counted from the first key ever.
    private var start: UInt64 = 0
    /// The place of the next key.
    package private(set) var end: UInt64 = 0
    /// When keys came, about one mark a second.
    private var marks: [Mark] = []
    private var firstMark = 0

    private struct Mark: Sendable {
        let place: UInt64
        let arrival: Int64
    }

    private static let bucketWidth = 16
    private static let placeBits: UInt32 = 21
    private static let initialCapacity = 1 << 12
    /// An age is known to a second.
    private static let markInterval: Int64 = 1_000

    /// - Parameters:
    ///   - keyCountMax: rounded up to a power of two, at most 2²¹.
    ///   - ageMax: in milliseconds.
    package init(keyCountMax: Int = 1 << 21, ageMax: Int64 = 600_000) {
        var capacity = Self.initialCapacity
        while capacity < min(keyCountMax, 1 << Int(Self.placeBits)) { capacity *= 2 }
        self.keyCountMax = capacity
        self.ageMax = ageMax
        ring = OwnedBuffer(repeating: SpanKey(low: 0, high: 0), count: Self.initialCapacity)
        index = OwnedBuffer(repeating: 0, count: Self.initialCapacity * 2)
        spills = OwnedBuffer(repeating: 0, count: Self.initialCapacity * 2 / Self.bucketWidth)
    }

    /// How many keys it holds.
    package var count: Int { mutating get { Int(end - start) } }

    /// Milliseconds since the oldest key came; nil where there is none.
    package mutating func age(at now: Int64) -> Int64? {
        guard start < end, firstMark < marks.count else { return nil }
        return max(0, now - marks[firstMark].arrival)
    }

    /// Adds keys, all or none.
    ///
    /// HOT: per span (benchmark `dedupe`).
    ///
    /// - Parameter arrival: milliseconds since 1970, not before those given earlier.
    /// - Returns: the numbers of the keys that it knows already or that come twice, ascending; if there are
    ///   any, none was added. Keys that come twice are named only where no other is known.
    package mutating func add(_ keys: inout OwnedBuffer<SpanKey>, arrival: Int64) -> [UInt32] {
        expire(at: arrival, atMost: keys.count * 4 + 4_096)
        var repeats: [UInt32] = []
        // Nothing old may go for keys that are not added after all.
        for number in 0..<keys.count where find(keys[number]) {
            repeats.append(UInt32(truncatingIfNeeded: number))
        }
        if !repeats.isEmpty { return repeats }
        let before = end
        for number in 0..<keys.count {
            if !insert(keys[number], arrival) { repeats.append(UInt32(truncatingIfNeeded: number)) }
        }
        if !repeats.isEmpty { rollBack(to: before) }
        return repeats
    }

    /// Adds one key; false where it is known.
    package mutating func insert(_ key: SpanKey, _ arrival: Int64) -> Bool {
        if find(key) { return false }
        if Int(end - start) == ring.count { makeRoom(arrival) }
        if marks.count == firstMark || arrival - marks[marks.count - 1].arrival >= Self.markInterval {
            marks.append(Mark(place: end, arrival: arrival))
        }
        ring[place(end)] = key
        link(key, place(end))
        end += 1
        return true
    }

    /// Forgets the keys that were added since the window's end was `place`.
    package mutating func rollBack(to place: UInt64) {
        while end > max(place, start) {
            end -= 1
            unlink(self.place(end))
        }
        while marks.count > firstMark, marks[marks.count - 1].place >= end { marks.removeLast() }
    }

    private func place(_ position: UInt64) -> Int { Int(position & UInt64(ring.count - 1)) }

    // MARK: Index

    private static func tag(_ key: SpanKey) -> UInt32 {
        let tag = UInt32(truncatingIfNeeded: key.high &>> 53)
        return tag == 0 ? 1 : tag
    }

    private var bucketMask: Int { mutating get { spills.count - 1 } }

    private mutating func find(_ key: SpanKey) -> Bool {
        let tag = Self.tag(key)
        let home = Int(truncatingIfNeeded: key.low) & bucketMask
        var bucket = home
        while true {
            let same = (lanes(bucket) &>> Lanes(repeating: Self.placeBits)) .== Lanes(repeating: tag)
            if any(same), isThere(key, tag, bucket) { return true }
            if spills[bucket] == 0 { return false }
            bucket = (bucket + 1) & bucketMask
            if bucket == home { return false }
        }
    }

    /// Whether an entry with the key's tag is the key's: about one key in 250 has to ask.
    private mutating func isThere(_ key: SpanKey, _ tag: UInt32, _ bucket: Int) -> Bool {
        let lanes = lanes(bucket)
        for lane in 0..<Self.bucketWidth where lanes[lane] &>> Self.placeBits == tag {
            if ring[Int(lanes[lane] & (1 &<< Self.placeBits - 1))] == key { return true }
        }
        return false
    }

    private mutating func link(_ key: SpanKey, _ place: Int) {
        let entry = Self.tag(key) &<< Self.placeBits | UInt32(truncatingIfNeeded: place)
        var bucket = Int(truncatingIfNeeded: key.low) & bucketMask
        while true {
            // Entries are packed: as many as are used come first.
            let used = Self.count(lanes(bucket) .!= Lanes(repeating: 0))
            if used < Self.bucketWidth {
                index[bucket &* Self.bucketWidth &+ used] = entry
                return
            }
            spills[bucket] = spills[bucket] &+ (spills[bucket] == .max ? 0 : 1)
            bucket = (bucket + 1) & bucketMask
        }
    }

    private mutating func unlink(_ place: Int) {
        let key = ring[place]
        let entry = Self.tag(key) &<< Self.placeBits | UInt32(truncatingIfNeeded: place)
        let home = Int(truncatingIfNeeded: key.low) & bucketMask
        var bucket = home
        while true {
            let lanes = lanes(bucket)
            let same = lanes .== Lanes(repeating: entry)
            if any(same) {
                let lane = Int(Self.laneNumbers.replacing(with: 0, where: .!same).wrappedSum())
                let last = Self.count(lanes .!= Lanes(repeating: 0)) - 1
                let base = bucket &* Self.bucketWidth
                index[base &+ lane] = index[base &+ last]
                index[base &+ last] = 0
                break
            }
            bucket = (bucket + 1) & bucketMask
        }
        var passed = home
        while passed != bucket {
            // At the most it can count, a bucket is searched through for ever.
            if spills[passed] != .max { spills[passed] -= 1 }
            passed = (passed + 1) & bucketMask
        }
    }

    private typealias Lanes = SIMD16<UInt32>

    private static let laneNumbers = Lanes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

    @inline(__always) private static func count(_ mask: SIMDMask<SIMD16<Int32>>) -> Int {
        Int(Lanes(repeating: 0).replacing(with: 1, where: mask).wrappedSum())
    }

    @inline(__always) private mutating func lanes(_ bucket: Int) -> Lanes {
        // SAFETY: the bucket is below their number, and each has this width.
        UnsafeRawPointer(index.unsafeStart + bucket &* Self.bucketWidth).loadUnaligned(as: Lanes.self)
    }

    // MARK: Ends

    private mutating func makeRoom(_ arrival: Int64) {
        if ring.count < keyCountMax { return grow() }
        if let age = age(at: arrival), age < ageMax { evictedEarlyCount += 1 }
        dropOldest()
    }

    private mutating func dropOldest() {
        unlink(place(start))
        start += 1
        while firstMark + 1 < marks.count, marks[firstMark + 1].place <= start { firstMark += 1 }
        if firstMark > 1_024 {
            marks.removeFirst(firstMark)
            firstMark = 0
        }
    }

    /// Forgets keys that are too old, not too many at a time.
    private mutating func expire(at now: Int64, atMost count: Int) {
        var left = count
        while left > 0, start < end, firstMark + 1 < marks.count,
            marks[firstMark + 1].arrival < now - ageMax || marks[firstMark + 1].place <= start
        {
            dropOldest()
            left -= 1
        }
    }

    private mutating func grow() {
        let old = ring.count
        var larger = OwnedBuffer<SpanKey>(repeating: SpanKey(low: 0, high: 0), count: old * 2)
        for position in start..<end {
            larger[Int(position & UInt64(old * 2 - 1))] = ring[Int(position & UInt64(old - 1))]
        }
        ring = larger
        // A look-up touches one line anywhere: with small pages it would miss the page's address as well.
        index = OwnedBuffer(repeating: 0, count: old * 4, inLargePages: true)
        spills = OwnedBuffer(repeating: 0, count: old * 4 / Self.bucketWidth)
        for position in start..<end { link(ring[place(position)], place(position)) }
    }
}

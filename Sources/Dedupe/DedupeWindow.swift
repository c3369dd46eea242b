package import Bytes

/// The keys of the newest spans: at most `keyCountMax`, and none older than `ageMax`.
///
/// Keys lie in a ring in the order they came. An index of buckets of 16 entries, one line of the processor's
/// cache each, finds them; an entry is a place of the ring, the lowest bit of the ring's lap, and 10 bits of the
/// key, and the ring decides. What leaves the ring stays in the index until its place there is wanted: place and
/// lap tell that it is gone. A bucket full of keys that are there spills into the next one. Memory grows with
/// the keys, at most 24.2 bytes a key of the limit.
package struct DedupeWindow: ~Copyable, Sendable {
    /// The most keys, a power of two.
    package let keyCountMax: Int
    /// Milliseconds that a key is kept.
    package let ageMax: Int64
    /// Keys that went before they were `ageMax` old, because there were too many.
    package private(set) var evictedEarlyCount: UInt64 = 0

    private var ring: OwnedBuffer<SpanKey>
    private var index: OwnedBuffer<UInt32>
    /// For each bucket one more than the lap, modulo 255, in which a key last went past it because it was full;
    /// 0 for never.
    private var spills: OwnedBuffer<UInt8>
    /// The place of the oldest key; places are counted from the first key ever.
    package private(set) var start: UInt64 = 0
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
        expire(at: arrival)
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
        link(key, end)
        end += 1
        return true
    }

    /// Forgets the keys that were added since the window's end was `place`.
    package mutating func rollBack(to place: UInt64) {
        end = max(min(place, end), start)
        while marks.count > firstMark, marks[marks.count - 1].place >= end { marks.removeLast() }
    }

    private func place(_ position: UInt64) -> Int { Int(position & UInt64(ring.count - 1)) }

    private func lap(_ position: UInt64) -> UInt64 { position &>> UInt64(ring.count.trailingZeroBitCount) }

    // MARK: Index

    private typealias Lanes = SIMD16<UInt32>

    private static let placeMask = UInt32(1) &<< placeBits &- 1

    /// The key's bits of an entry, where they stand.
    private static func tag(_ key: SpanKey) -> UInt32 {
        let tag = UInt32(truncatingIfNeeded: key.high &>> 54)
        return (tag == 0 ? 1 : tag) &<< (placeBits &+ 1)
    }

    private func entry(_ key: SpanKey, _ position: UInt64) -> UInt32 {
        Self.tag(key) | UInt32(truncatingIfNeeded: lap(position) & 1) &<< Self.placeBits
            | UInt32(truncatingIfNeeded: place(position))
    }

    /// Whether what an entry stands for is in the ring; of an entry that is two laps old it may say so wrongly.
    private func isLive(_ entry: UInt32) -> Bool {
        let place = UInt64(entry & Self.placeMask)
        let lap = lap(end)
        let isThisLap = place < end & UInt64(ring.count - 1)
        if !isThisLap, lap == 0 { return false }
        let of = isThisLap ? lap : lap &- 1
        return of & 1 == UInt64(entry &>> Self.placeBits & 1) && of &* UInt64(ring.count) &+ place >= start
    }

    private var bucketMask: Int { mutating get { spills.count - 1 } }

    /// Whether a key that is there may have gone past a bucket: in this lap or the one before.
    private mutating func hasSpilled(_ bucket: Int) -> Bool {
        let spill = spills[bucket]
        if spill == 0 { return false }
        let now = UInt8(lap(end) % 255)
        let age = (255 &+ Int(now) &- Int(spill &- 1)) % 255
        return age <= 1
    }

    private mutating func find(_ key: SpanKey) -> Bool {
        let tag = Self.tag(key)
        let home = Int(truncatingIfNeeded: key.low) & bucketMask
        var bucket = home
        while true {
            let same =
                (lanes(bucket) & Lanes(repeating: ~(1 &<< (Self.placeBits &+ 1) &- 1)))
                .== Lanes(repeating: tag)
            if any(same), isThere(key, tag, bucket) { return true }
            if !hasSpilled(bucket) { return false }
            bucket = (bucket + 1) & bucketMask
            if bucket == home { return false }
        }
    }

    /// Whether an entry with the key's tag is the key's: about one key in 60 has to ask.
    private mutating func isThere(_ key: SpanKey, _ tag: UInt32, _ bucket: Int) -> Bool {
        let lanes = lanes(bucket)
        for lane in 0..<Self.bucketWidth
        where lanes[lane] &>> (Self.placeBits &+ 1) == tag &>> (Self.placeBits &+ 1) {
            if isLive(lanes[lane]), ring[Int(lanes[lane] & Self.placeMask)] == key { return true }
        }
        return false
    }

    private mutating func link(_ key: SpanKey, _ position: UInt64) {
        let entry = entry(key, position)
        var bucket = Int(truncatingIfNeeded: key.low) & bucketMask
        while true {
            let lane = freeLane(bucket)
            if lane >= 0 {
                index[bucket &* Self.bucketWidth &+ lane] = entry
                return
            }
            spills[bucket] = UInt8(lap(position) % 255) &+ 1
            bucket = (bucket + 1) & bucketMask
        }
    }

    /// A place of a bucket that nothing in the ring needs; −1 where there is none.
    private mutating func freeLane(_ bucket: Int) -> Int {
        let lanes = lanes(bucket)
        // Entries are packed: as many as are used come first.
        let used = Int(
            Lanes(repeating: 0).replacing(with: 1, where: lanes .!= Lanes(repeating: 0)).wrappedSum())
        if used < Self.bucketWidth { return used }
        for lane in 0..<Self.bucketWidth where !isLive(lanes[lane]) { return lane }
        return -1
    }

    @inline(__always) private mutating func lanes(_ bucket: Int) -> Lanes {
        // SAFETY: the bucket is below their number, and each has this width.
        UnsafeRawPointer(index.unsafeStart + bucket &* Self.bucketWidth).loadUnaligned(as: Lanes.self)
    }

    // MARK: Ends

    private mutating func makeRoom(_ arrival: Int64) {
        if ring.count < keyCountMax { return grow() }
        if let age = age(at: arrival), age < ageMax { evictedEarlyCount += 1 }
        start += 1
        forgetMarks()
    }

    private mutating func forgetMarks() {
        while firstMark + 1 < marks.count, marks[firstMark + 1].place <= start { firstMark += 1 }
        if firstMark > 1_024 {
            marks.removeFirst(firstMark)
            firstMark = 0
        }
    }

    /// Forgets keys that are too old.
    private mutating func expire(at now: Int64) {
        while firstMark + 1 < marks.count, marks[firstMark + 1].arrival < now - ageMax {
            start = max(start, min(marks[firstMark + 1].place, end))
            firstMark += 1
        }
    }

    private mutating func grow() {
        let old = ring.count
        var larger = OwnedBuffer<SpanKey>(
            repeating: SpanKey(low: 0, high: 0), count: old * 2, inLargePages: true)
        for position in start..<end {
            larger[Int(position & UInt64(old * 2 - 1))] = ring[Int(position & UInt64(old - 1))]
        }
        ring = larger
        // A look-up touches one line anywhere: with small pages it would miss the page's address as well.
        index = OwnedBuffer(repeating: 0, count: old * 4, inLargePages: true)
        spills = OwnedBuffer(repeating: 0, count: old * 4 / Self.bucketWidth)
        for position in start..<end { link(ring[place(position)], position) }
    }
}

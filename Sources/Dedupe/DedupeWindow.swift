package import Bytes

/// The keys of the newest spans: at most `keyCountMax`, and none that is older than `ageMax` for long.
///
/// Keys lie in a ring in the order they came; an index finds them, which is made anew twice as large when it is
/// full. At most 24.2 bytes a key of the limit, taken as keys come.
package struct DedupeWindow: ~Copyable, Sendable {
    /// The most keys, a power of two.
    package let keyCountMax: Int
    /// Milliseconds that a key is kept.
    package let ageMax: Int64
    /// Keys that went before they were `ageMax` old, because there were too many.
    package private(set) var evictedEarlyCount: UInt64 = 0
    /// The place of the oldest key; places are counted from the first key ever.
    package private(set) var start: UInt64 = 0
    /// The place of the next key.
    package private(set) var end: UInt64 = 0

    /// Filled once, then written anew from its beginning.
    private var ring: OwnedBuffer<SpanKey>
    private var index: KeyIndex
    /// How many keys the index has room for.
    private var indexCapacity = Self.initialCapacity
    /// When keys came, about one mark a second.
    private var marks: [Mark] = []
    private var firstMark = 0

    private struct Mark: Sendable {
        let place: UInt64
        let arrival: Int64
    }

    private static let initialCapacity = 1 << 12
    /// An age is known to a second.
    private static let markInterval: Int64 = 1_000
    /// Keys that go at once when they are too old: millions that go together must not hold up a request.
    private static let expiryCountMax = 8_192

    /// - Parameters:
    ///   - keyCountMax: rounded up to a power of two, at most 2²¹.
    ///   - ageMax: in milliseconds.
    package init(keyCountMax: Int = 1 << 21, ageMax: Int64 = 600_000) {
        var capacity = Self.initialCapacity
        while capacity < min(keyCountMax, 1 << Int(KeyIndex.placeBits)) { capacity *= 2 }
        self.keyCountMax = capacity
        self.ageMax = ageMax
        ring = OwnedBuffer(capacity: capacity, inLargePages: true)
        index = KeyIndex(capacity: Self.initialCapacity)
    }

    /// How many keys it holds.
    package var count: Int { Int(end - start) }

    /// Milliseconds since the oldest key came; nil where there is none.
    package func age(at now: Int64) -> Int64? {
        guard start < end, firstMark < marks.count else { return nil }
        return max(0, now - marks[firstMark].arrival)
    }

    /// Adds keys, all or none.
    ///
    /// HOT: per span (benchmark `know`).
    ///
    /// - Parameter arrival: milliseconds since 1970, not before those given earlier.
    /// - Returns: the numbers of the keys that it knows already or that come twice, ascending; if there are
    ///   any, none was added. Keys that come twice are named only where no other is known.
    package mutating func add(_ keys: inout OwnedBuffer<SpanKey>, arrival: Int64) -> [UInt32] {
        expire(at: arrival)
        index.touch(UnsafeBufferPointer(start: keys.unsafeStart, count: keys.count))
        var repeats: [UInt32] = []
        // Nothing old may go for keys that are not added after all.
        // SAFETY: the number is below the count, here and in the next loop.
        for number in 0..<keys.count where index.find(keys[unchecked: number], &ring) {
            repeats.append(UInt32(truncatingIfNeeded: number))
        }
        if !repeats.isEmpty { return repeats }
        makeRoom(for: keys.count, arrival)
        let before = end
        // SAFETY: as above.
        for number in 0..<keys.count {
            if !insert(keys[unchecked: number], arrival) {
                repeats.append(UInt32(truncatingIfNeeded: number))
            }
        }
        if !repeats.isEmpty { rollBack(to: before) }
        return repeats
    }

    /// Adds one key; false where it is known.
    package mutating func insert(_ key: SpanKey, _ arrival: Int64) -> Bool {
        if index.find(key, &ring) { return false }
        if count == indexCapacity { makeRoom(for: 1, arrival) }
        if marks.count == firstMark || arrival - marks[marks.count - 1].arrival >= Self.markInterval {
            marks.append(Mark(place: end, arrival: arrival))
        }
        let place = place(end)
        if place == ring.count { ring.append(key) } else { ring[place] = key }
        index.add(key, at: place)
        end += 1
        return true
    }

    /// Forgets the keys that were added since the window's end was `place`.
    package mutating func rollBack(to place: UInt64) {
        let newEnd = max(min(place, end), start)
        for position in newEnd..<end { index.remove(ring[self.place(position)], at: self.place(position)) }
        end = newEnd
        while marks.count > firstMark, marks[marks.count - 1].place >= end { marks.removeLast() }
    }

    private func place(_ position: UInt64) -> Int { Int(truncatingIfNeeded: position) & (keyCountMax - 1) }

    /// Grows as far as it may, then forgets the oldest keys.
    private mutating func makeRoom(for newCount: Int, _ arrival: Int64) {
        if count + newCount > indexCapacity, indexCapacity < keyCountMax { growIndex(count + newCount) }
        let excess = min(count + newCount - keyCountMax, count)
        guard excess > 0 else { return }
        if let age = age(at: arrival), age < ageMax { evictedEarlyCount += UInt64(excess) }
        forget(excess)
    }

    private mutating func forget(_ oldest: Int) {
        let first = place(start)
        let untilWrap = min(oldest, keyCountMax - first)
        let ringStart = ring.unsafeStart
        index.touch(UnsafeBufferPointer(start: ringStart + first, count: untilWrap))
        index.touch(UnsafeBufferPointer(start: ringStart, count: oldest - untilWrap))
        for position in start..<start + UInt64(oldest) {
            index.remove(ring[place(position)], at: place(position))
        }
        start += UInt64(oldest)
        while firstMark + 1 < marks.count, marks[firstMark + 1].place <= start { firstMark += 1 }
        if firstMark > 1_024 {
            marks.removeFirst(firstMark)
            firstMark = 0
        }
    }

    /// Forgets keys that are too old.
    private mutating func expire(at now: Int64) {
        while firstMark + 1 < marks.count, marks[firstMark + 1].arrival < now - ageMax {
            let expired = Int(min(marks[firstMark + 1].place, end) - start)
            forget(min(expired, Self.expiryCountMax))
            if expired >= Self.expiryCountMax { return }
        }
    }

    private mutating func growIndex(_ wanted: Int) {
        while indexCapacity < min(wanted, keyCountMax) { indexCapacity *= 2 }
        // The old one goes before the new one comes: the peak is lower.
        index = KeyIndex(capacity: Self.initialCapacity)
        index = KeyIndex(capacity: indexCapacity)
        for position in start..<end { index.add(ring[place(position)], at: place(position)) }
    }
}

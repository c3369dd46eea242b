/// The new series that still show 0, in the order of their birth.
///
/// A series with several instruments is born once for each of them, when it gets its first amount.
struct HoldQueue {
    /// One instrument of a series that shows 0.
    struct Hold: BitwiseCopyable, Sendable {
        let series: SeriesReference
        /// That of the series when it was born.
        let identity: UInt32
        let instrument: Int
        /// Milliseconds since 1970.
        let born: Int64
    }

    private var holds: [Hold] = []
    /// Holds before this one were released.
    private var head = 0
    /// Holds before this one are named by a record that is on its way.
    private var announced = 0
    /// How many there were before `holds` begins.
    private var past: UInt64 = 0

    /// How many births there were; a scrape that begins now shows a sample of all of them.
    var birthCount: UInt64 { past + UInt64(holds.count) }

    /// How many series are held.
    var count: Int { holds.count - head }

    mutating func append(_ hold: Hold) { holds.append(hold) }

    /// The holds to release now and not on their way yet: births up to `mark`, and those born at or before
    /// `milliseconds`. They count as on their way from now on.
    mutating func announce(through mark: UInt64, bornBefore milliseconds: Int64) -> ArraySlice<Hold> {
        let start = max(announced, head)
        var end = start
        while end < holds.count, past + UInt64(end) < mark || holds[end].born <= milliseconds { end += 1 }
        announced = end
        return holds[start..<end]
    }

    /// The record with the announced releases will never come.
    mutating func rollBack() { announced = head }

    /// Forgets the holds at the front for which `isOver` is true.
    mutating func removeReleased(_ isOver: (Hold) -> Bool) {
        while head < holds.count, isOver(holds[head]) { head += 1 }
        // Half a list of holes is enough.
        guard head > 1_024, head * 2 > holds.count else { return }
        holds.removeFirst(head)
        past += UInt64(head)
        announced = max(0, announced - head)
        head = 0
    }
}

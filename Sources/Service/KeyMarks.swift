/// Which entries of the journal hold only keys that the dedupe window has forgotten.
///
/// Remembers the number of an entry for every 32nd part of the window, so it is at most that much late.
struct KeyMarks: Sendable {
    private struct Mark {
        /// The end of the window behind the entry's keys.
        var end: UInt64
        var sequence: Int64
    }

    private var marks: [Mark] = []
    private let step: UInt64

    private static let partCount = 32

    /// - Parameter keyCountMax: of the window.
    init(keyCountMax: Int) {
        step = UInt64(max(1, keyCountMax / Self.partCount))
    }

    /// Notes that entries up to `sequence` hold the window's keys up to `end`; both never less than before.
    mutating func add(end: UInt64, sequence: Int64) {
        if marks.count > 1, end - marks[marks.count - 2].end < step { marks.removeLast() }
        marks.append(Mark(end: end, sequence: sequence))
    }

    /// The last entry of which no key is in the window any more; 0 where there is none.
    ///
    /// - Parameter start: where the window begins.
    mutating func forgotten(before start: UInt64) -> Int64 {
        guard let last = marks.lastIndex(where: { $0.end <= start }) else { return 0 }
        // It stays: what is dropped may have to be tried again.
        marks.removeFirst(last)
        return marks[0].sequence
    }
}

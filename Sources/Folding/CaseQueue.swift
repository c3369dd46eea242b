/// Cases that wait for nothing but the next decision, in the order they came.
///
/// What leaves, leaves from the front: nothing is looked up, linked or moved for a case.
struct CaseQueue: Sendable {
    /// A case and what it came with.
    struct Entry: Sendable {
        /// Ascends along the queue; by it the case's image is found again.
        let serial: Int64
        /// The number of the journal entry that told of it; ascends, too.
        let sequence: UInt64
        let item: FoldCase
    }

    private var entries: [Entry] = []
    /// How many of `entries` have left.
    private var goneCount = 0
    /// The serial number of the next case.
    private(set) var endSerial: Int64 = 0

    var count: Int { entries.count - goneCount }

    /// What is `place` behind the first, below `count`.
    subscript(place: Int) -> Entry {
        _read { yield entries[goneCount + place] }
    }

    /// The place of the first case with this serial number or a later one.
    func place(ofSerial serial: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].serial < serial { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func append(_ item: consuming FoldCase, sequence: UInt64) {
        entries.append(Entry(serial: endSerial, sequence: sequence, item: item))
        endSerial += 1
    }

    /// Appends a case as its image says; serial numbers ascend from call to call.
    mutating func restore(_ item: FoldCase, serial: Int64, sequence: UInt64) {
        guard serial >= endSerial else { return }
        entries.append(Entry(serial: serial, sequence: sequence, item: item))
        endSerial = serial + 1
    }

    mutating func removeFirst() {
        goneCount += 1
        if count == 0 {
            entries.removeAll(keepingCapacity: goneCount < 1 << 13)
            goneCount = 0
        } else if goneCount > 1 << 10, goneCount * 2 > entries.count {
            // Each case is moved once at most, and none keeps its texts for long.
            entries.removeFirst(goneCount)
            goneCount = 0
        }
    }

    /// Takes out what the entry `sequence` and later ones told of: the journal tells it again.
    ///
    /// Serial numbers are given again from the first of them on, so that no image is left behind.
    mutating func remove(toldFrom sequence: UInt64) {
        while let last = entries.last, last.sequence >= sequence, count > 0 {
            endSerial = last.serial
            entries.removeLast()
        }
    }
}

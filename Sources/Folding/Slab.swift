/// Values in numbered slots, each with the number of the journal entry that changed it last; a free slot is
/// used again.
///
/// Free slots hold a blank element rather than none: an optional one would be copied whole, with all its texts, to
/// look at a single property.
struct Slab<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    private var isUsed: [Bool] = []
    private(set) var sequences: [UInt64] = []
    private var free: [Int] = []
    private(set) var count = 0
    private let blank: Element

    /// - Parameter blank: what stands in free slots; it should hold no memory.
    init(blank: Element) { self.blank = blank }

    /// One more than the largest slot that was ever in use.
    var slotCount: Int { elements.count }

    /// Whether a slot below `slotCount` is in use.
    func contains(_ slot: Int) -> Bool { isUsed[slot] }

    mutating func insert(_ element: consuming Element, sequence: UInt64) -> Int {
        count += 1
        while let slot = free.popLast() {
            guard !isUsed[slot] else { continue }
            elements[slot] = element
            isUsed[slot] = true
            sequences[slot] = sequence
            return slot
        }
        elements.append(element)
        isUsed.append(true)
        sequences.append(sequence)
        return elements.count - 1
    }

    /// Fills a slot as an image says, whatever was in it.
    mutating func restore(_ element: consuming Element, at slot: Int, sequence: UInt64) {
        while elements.count <= slot {
            free.append(elements.count)
            elements.append(blank)
            isUsed.append(false)
            sequences.append(0)
        }
        if !isUsed[slot] { count += 1 }
        elements[slot] = element
        isUsed[slot] = true
        sequences[slot] = sequence
    }

    mutating func remove(_ slot: Int, sequence: UInt64) {
        guard isUsed[slot] else { return }
        elements[slot] = blank
        isUsed[slot] = false
        sequences[slot] = sequence
        free.append(slot)
        count -= 1
    }

    /// Says that the entry `sequence` changed a slot.
    mutating func mark(_ slot: Int, _ sequence: UInt64) { sequences[slot] = max(sequences[slot], sequence) }

    /// The element of a slot that is in use.
    subscript(slot: Int) -> Element {
        // Neither copies the element, which may be large.
        _read {
            assert(isUsed[slot], "nothing is in slot \(slot)")
            yield elements[slot]
        }
        _modify {
            assert(isUsed[slot], "nothing is in slot \(slot)")
            yield &elements[slot]
        }
    }
}

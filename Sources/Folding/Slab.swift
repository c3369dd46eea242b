/// Values in numbered slots, each with the number of the journal entry that changed it last; a free slot is
/// used again.
struct Slab<Element: Sendable>: Sendable {
    private(set) var elements: [Element?] = []
    private(set) var sequences: [UInt64] = []
    private var free: [Int] = []
    private(set) var count = 0

    /// One more than the largest slot that was ever in use.
    var slotCount: Int { elements.count }

    mutating func insert(_ element: Element, sequence: UInt64) -> Int {
        count += 1
        while let slot = free.popLast() {
            guard elements[slot] == nil else { continue }
            elements[slot] = element
            sequences[slot] = sequence
            return slot
        }
        elements.append(element)
        sequences.append(sequence)
        return elements.count - 1
    }

    /// Fills a slot as an image says, whatever was in it.
    mutating func restore(_ element: Element, at slot: Int, sequence: UInt64) {
        while elements.count <= slot {
            free.append(elements.count)
            elements.append(nil)
            sequences.append(0)
        }
        if elements[slot] == nil { count += 1 }
        elements[slot] = element
        sequences[slot] = sequence
    }

    mutating func remove(_ slot: Int, sequence: UInt64) {
        guard elements[slot] != nil else { return }
        elements[slot] = nil
        sequences[slot] = sequence
        free.append(slot)
        count -= 1
    }

    /// Says that the entry `sequence` changed a slot.
    mutating func mark(_ slot: Int, _ sequence: UInt64) { sequences[slot] = max(sequences[slot], sequence) }

    /// The element of a slot that is in use.
    // swift-format-ignore: NeverForceUnwrap
    subscript(slot: Int) -> Element {
        // Neither copies the element, which may be large.
        _read { yield elements[slot]! }
        _modify { yield &elements[slot]! }
    }
}

/// A set of slots of a slab, a bit each.
struct SlotSet: Sendable {
    private var words: [UInt64] = []

    /// An empty set with room for slots below `slotCount`.
    init(slotCount: Int) { words = [UInt64](repeating: 0, count: slotCount / 64 + 1) }

    func contains(_ slot: Int) -> Bool { words[slot / 64] & 1 << UInt64(slot % 64) != 0 }

    mutating func insert(_ slot: Int) { words[slot / 64] |= 1 << UInt64(slot % 64) }
}

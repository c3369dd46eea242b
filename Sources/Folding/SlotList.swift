/// Slots of a slab in the order they were appended; any of them leaves in constant time.
struct SlotList: Sendable {
    /// By slot and one more what stands before and behind it; the places at 0 are the list's ends.
    private var links = [Link(previous: 0, next: 0)]
    private(set) var count = 0

    private struct Link: Sendable {
        var previous: Int
        var next: Int

        /// Of a slot that is not in the list.
        static let none = Link(previous: -1, next: -1)
    }

    func contains(_ slot: Int) -> Bool { slot + 1 < links.count && links[slot + 1].next >= 0 }

    /// Appends a slot that is not in the list yet.
    mutating func append(_ slot: Int) {
        guard !contains(slot) else { return }
        let place = slot + 1
        while links.count <= place { links.append(.none) }
        let last = links[0].previous
        links[place] = Link(previous: last, next: 0)
        links[last].next = place
        links[0].previous = place
        count += 1
    }

    /// Takes a slot out, if it is in.
    mutating func remove(_ slot: Int) {
        guard contains(slot) else { return }
        let link = links[slot + 1]
        links[link.previous].next = link.next
        links[link.next].previous = link.previous
        links[slot + 1] = .none
        count -= 1
    }
}

extension SlotList: Sequence {
    struct Iterator: IteratorProtocol {
        fileprivate let list: SlotList
        fileprivate var place: Int

        mutating func next() -> Int? {
            guard place > 0 else { return nil }
            defer { place = list.links[place].next }
            return place - 1
        }
    }

    func makeIterator() -> Iterator { Iterator(list: self, place: links[0].next) }
}

import Testing

@testable import Service

@Suite struct `The queue of what waits for a commit` {
    /// An entry that can be told from others by its arrival.
    static func entry(_ number: UInt64, request: UInt64 = 0, byteCount: Int = 1) -> IntakeEntry {
        IntakeEntry(
            record: [UInt8](repeating: 1, count: byteCount), arrival: number, keysEnd: 0, request: request)
    }

    static func taken(_ queue: inout IntakeQueue, byteCountMax: Int = 1 << 20) -> [UInt64] {
        queue.takeGroup(byteCountMax: byteCountMax).map(\.arrival)
    }

    @Test func `gives everything in its order, and then nothing`() {
        var queue = IntakeQueue()
        for number in 1...3 as ClosedRange<UInt64> { queue.append(Self.entry(number)) }
        #expect(Self.taken(&queue) == [1, 2, 3])
        #expect(Self.taken(&queue) == [])
        #expect(queue.byteCount == 0)
    }

    @Test func `ends a group where it is large enough, one entry at least`() {
        var queue = IntakeQueue()
        for number in 1...4 as ClosedRange<UInt64> { queue.append(Self.entry(number, byteCount: 1_000)) }
        #expect(Self.taken(&queue, byteCountMax: 1_500) == [1, 2])
        #expect(Self.taken(&queue, byteCountMax: 1) == [3])
        #expect(Self.taken(&queue, byteCountMax: 1) == [4])
    }

    @Test func `waits for the end of a large request, and lets those before it go`() {
        var queue = IntakeQueue()
        queue.append(Self.entry(1))
        let request = queue.openRequest()
        queue.append(Self.entry(2, request: request))
        queue.append(Self.entry(3))
        #expect(Self.taken(&queue) == [1])
        #expect(Self.taken(&queue) == [])
        queue.closeRequest(request)
        queue.append(Self.entry(4, request: request))
        #expect(Self.taken(&queue, byteCountMax: 1) == [2, 3, 4])
    }

    @Test func `keeps a whole large request back that goes on behind one which is not whole`() {
        var queue = IntakeQueue()
        let whole = queue.openRequest()
        let open = queue.openRequest()
        queue.append(Self.entry(1))
        queue.append(Self.entry(2, request: whole))
        queue.append(Self.entry(3, request: open))
        queue.closeRequest(whole)
        queue.append(Self.entry(4, request: whole))
        #expect(Self.taken(&queue) == [1])
        #expect(Self.taken(&queue) == [])
        queue.closeRequest(open)
        queue.append(Self.entry(5, request: open))
        #expect(Self.taken(&queue) == [2, 3, 4, 5])
    }

    @Test func `takes a group back in front of all others`() {
        var queue = IntakeQueue()
        queue.append(Self.entry(1))
        let group = queue.takeGroup(byteCountMax: 1)
        queue.append(Self.entry(2))
        queue.putBack(group)
        #expect(Self.taken(&queue) == [1, 2])
    }

    @Test func `forgets open requests with everything else`() {
        var queue = IntakeQueue()
        let request = queue.openRequest()
        queue.append(Self.entry(1, request: request))
        #expect(queue.removeAll().map(\.arrival) == [1])
        #expect(!queue.isOpen(request))
        queue.append(Self.entry(2))
        #expect(Self.taken(&queue) == [2])
    }
}

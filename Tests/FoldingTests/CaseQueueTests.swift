import MetricModel
import Packs
import SeededRandom
import Testing

@testable import Folding

@Suite struct `Queues of cases` {
    static let seed = UInt64.random(in: 0...UInt64.max)

    private static func item(_ number: Int) -> FoldCase {
        FoldCase(key: SpanKey(trace: 0, traceLow: 0, span: UInt64(number)), fold: 0)
    }

    private static func numbers(_ queue: CaseQueue) -> [Int] {
        (0..<queue.count).map { Int(queue[$0].item.key.span) }
    }

    @Test func `hold what an array holds, whatever comes and leaves`() {
        var random = SeededRandom(seed: Self.seed)
        var queue = CaseQueue()
        var wanted: [(number: Int, sequence: UInt64)] = []
        var number = 0
        for sequence in 1...400 as ClosedRange<UInt64> {
            for _ in 0..<random.below(40) {
                queue.append(Self.item(number), sequence: sequence)
                wanted.append((number, sequence))
                number += 1
            }
            for _ in 0..<min(wanted.count, random.below(44)) {
                queue.removeFirst()
                wanted.removeFirst()
            }
            if random.once(in: 20) {
                let first = sequence - min(sequence, UInt64(random.below(3)))
                queue.remove(toldFrom: first)
                wanted.removeAll { $0.sequence >= first }
            }
            #expect(Self.numbers(queue) == wanted.map(\.number), "seed \(Self.seed)")
        }
    }

    @Test func `keep a serial number for as long as a case is in them`() {
        var queue = CaseQueue()
        for number in 0..<5_000 { queue.append(Self.item(number), sequence: 1) }
        for _ in 0..<4_000 { queue.removeFirst() }
        #expect(queue[0].serial == 4_000)
        #expect(queue.place(ofSerial: 0) == 0)
        #expect(queue.place(ofSerial: 4_321) == 321)
        #expect(queue.place(ofSerial: 5_000) == 1_000)
        for _ in 0..<1_000 { queue.removeFirst() }
        #expect(queue.endSerial == 5_000)
        #expect(queue.place(ofSerial: 5_000) == 0)
    }

    @Test func `go on behind what was restored, an image that is missing among it or not`() {
        var queue = CaseQueue()
        queue.restore(Self.item(7), serial: 7, sequence: 3)
        queue.restore(Self.item(9), serial: 9, sequence: 4)
        // One that stands in the store twice is the first of the two.
        queue.restore(Self.item(1), serial: 9, sequence: 4)
        queue.append(Self.item(10), sequence: 5)
        #expect(Self.numbers(queue) == [7, 9, 10])
        #expect((0..<3).map { queue[$0].serial } == [7, 9, 10])
        #expect(queue.place(ofSerial: 8) == 1)
        // What the journal tells again has the number that its image has.
        queue.remove(toldFrom: 4)
        #expect(Self.numbers(queue) == [7])
        queue.append(Self.item(9), sequence: 4)
        #expect(queue[1].serial == 9)
    }
}

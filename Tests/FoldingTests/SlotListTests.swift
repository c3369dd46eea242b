import SeededRandom
import Testing

@testable import Folding

@Suite struct `Lists of slots` {
    @Test func `keep the order of what was appended and not taken out`() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        var list = SlotList()
        var wanted: [Int] = []
        for _ in 0..<2_000 {
            let slot = random.below(40)
            if random.once(in: 2) {
                list.append(slot)
                if !wanted.contains(slot) { wanted.append(slot) }
            } else {
                list.remove(slot)
                wanted.removeAll { $0 == slot }
            }
            #expect(Array(list) == wanted, "seed \(seed)")
            #expect(list.count == wanted.count, "seed \(seed)")
            #expect(list.contains(slot) == wanted.contains(slot), "seed \(seed)")
        }
    }
}

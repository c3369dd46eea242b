import Bytes
import MetricModel
import SeededRandom
import Testing

@Suite struct `Sections of outcomes` {
    @Test(arguments: 0..<200 as Range<UInt64>) func `come back as they were written`(seed: UInt64) throws {
        let batch = RandomOutcomes.batch(seed: seed)
        let bytes = OutcomeSection.encode(batch)
        #expect(try OutcomeSection.decode(bytes.span.bytes) == batch)
    }

    @Test func `say of an empty batch when it was decided`() throws {
        let batch = OutcomeBatch(decided: -1, hasMore: true)
        #expect(try OutcomeSection.decode(OutcomeSection.encode(batch).span.bytes) == batch)
    }

    @Test func `are refused when cut at any byte`() {
        let bytes = OutcomeSection.encode(RandomOutcomes.batch(seed: 1))
        for count in 0..<bytes.count {
            #expect(throws: SectionError.self) {
                try OutcomeSection.decode(bytes.span.bytes.extracting(first: count))
            }
        }
    }

    @Test func `say where reading stopped`() {
        #expect(throws: SectionError("a section of outcomes cannot be read from byte 1")) {
            try OutcomeSection.decode([9].span.bytes)
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>) func `are read or refused whatever their bytes are`(
        seed: UInt64
    ) {
        let bytes = OutcomeSection.encode(RandomOutcomes.batch(seed: seed))
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            var mutated = bytes
            for _ in 0...Int(random.next() % 4) {
                mutated[Int(random.next() % UInt64(mutated.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if let batch = try? OutcomeSection.decode(mutated.span.bytes) {
                #expect(batch.results.allSatisfy { !$0.attempts.isEmpty && $0.seconds >= 0 })
            }
        }
    }
}

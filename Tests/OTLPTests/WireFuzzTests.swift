import Captures
import OTLP
import SeededRandom
import Testing
import TraceSamples

/// Damaged bodies: the reader never crashes, and takes all that protobuf-c takes, with the same facts.
///
/// The reader takes more, on purpose: it skips unread what no pack reads, it counts a known field with
/// another wire type as unknown, and it takes tags and lengths of more than five bytes; protobuf-c refuses
/// the body in all these cases. It takes less in one: field number 0 and those of more than 29 bits are none
/// to it, and mostly unknown ones to protobuf-c.
@Suite struct `Fuzzed bodies` {
    @Test func `are read like protobuf-c reads them, or refused`() throws {
        let plan = FuzzPlan("damaged bodies", caseCount: 1_500)
        let vocabulary = SampleVocabulary.plain
        // Small enough that a mutation hits what is read.
        let captures = try CapturedBody.all().map(\.bytes).filter { $0.count < 20_000 }
        var known = Comparison(keys: OracleKeys.captured)
        var generated = Comparison(keys: vocabulary.keys)
        var knownReader = TraceReader(keys: AttributeKeys(OracleKeys.captured))
        var generatedReader = TraceReader(keys: AttributeKeys(vocabulary.keys))
        var acceptedCount = 0
        let caseCount = try plan.run { seed in
            var random = SeededRandom(seed: seed)
            var generator = RequestGenerator(vocabulary, seed: seed)
            var mutator = BodyMutator(seed: seed)
            let other = random.once(in: 2) ? random.pick(captures) : generator.request()
            if random.once(in: 8) {
                let body = mutator.mutant(of: random.pick(captures), and: other)
                let spans = known.spans(body, with: &knownReader)
                acceptedCount += spans == nil ? 0 : 1
                try check(known, seed, body)
            } else {
                let body = mutator.mutant(of: generator.request(), and: other)
                let spans = generated.spans(body, with: &generatedReader)
                acceptedCount += spans == nil ? 0 : 1
                try check(generated, seed, body)
            }
        }
        // Were nearly all refused, the test would compare nothing.
        #expect(acceptedCount > caseCount / 4, "\(acceptedCount) of \(caseCount) accepted")
        print("damaged bodies: \(caseCount), of which protobuf-c took \(acceptedCount)")
    }

    private func check(_ comparison: Comparison, _ seed: UInt64, _ body: [UInt8]) throws {
        if let refusal = comparison.refusal, refusal.reason == .badTag,
            FieldNumber.isNone(in: body, at: refusal.offset)
        {
            return
        }
        let difference = comparison.difference
        try #require(difference == nil, "seed \(seed): \(hex(body))")
    }
}

/// Field numbers that protobuf does not have and protobuf-c takes for unknown fields: 0, where its tag is
/// longer than it must be, and those of more than 29 bits.
enum FieldNumber {
    /// Whether such a number stands at `offset`, in a tag of at most five bytes.
    static func isNone(in body: [UInt8], at offset: Int) -> Bool {
        var tag: UInt64 = 0
        for (index, byte) in body[offset...].prefix(5).enumerated() {
            tag |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte < 0x80 { return tag >> 3 == 0 || tag >> 3 >= 1 << 29 }
        }
        return false
    }
}

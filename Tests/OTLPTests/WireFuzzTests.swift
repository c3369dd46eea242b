import OTLP
import Testing
import TraceSamples

/// Damaged bodies: the reader never crashes, and takes all that protobuf-c takes, with the same facts.
///
/// The reader takes more, on purpose: it skips unread what no pack reads, it counts a known field with
/// another wire type as unknown, and it takes tags and lengths of more than five bytes; protobuf-c refuses
/// the body in all these cases. It takes less in one: a field number of more than 29 bits is none to it,
/// and an unknown one to protobuf-c.
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
        if comparison.refusal?.reason == .badTag, WideFieldNumber.stands(in: body) { return }
        let difference = comparison.difference
        try #require(difference == nil, "seed \(seed): \(hex(body))")
    }
}

/// Whether a body may have a field number of more than 29 bits, the one thing that protobuf-c takes and the
/// reader does not: a tag of five bytes, the last of which is above 0x0F.
enum WideFieldNumber {
    static func stands(in body: [UInt8]) -> Bool {
        guard body.count >= 5 else { return false }
        return (4..<body.count).contains { index in
            (0x10...0x7F).contains(body[index]) && body[index - 4..<index].allSatisfy { $0 >= 0x80 }
        }
    }
}

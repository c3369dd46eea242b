import Captures
import OTLP
import Testing
import TraceSamples

/// The reader says what protobuf-c says.
@Suite struct `Trace reader beside protobuf-c` {

    @Test func `every captured body has the same spans`() throws {
        var comparison = Comparison(keys: OracleKeys.captured)
        var spanCount = 0
        let captures = try CapturedBody.all()
        #expect(captures.count > 80)
        for capture in captures {
            let spans = comparison.spans(capture.bytes)
            let difference = comparison.difference
            #expect(difference == nil, "\(capture.path)")
            // Metrics and logs go to the wrong reader at times; what protobuf-c makes of them counts too.
            if capture.isTraces {
                spanCount += try #require(spans, "\(capture.path)").count
            }
        }
        #expect(spanCount > 1_000)
    }

    @Test func `the captures have values of several kinds and layers`() throws {
        var comparison = Comparison(keys: OracleKeys.captured)
        var unseen = Set(OracleKeys.captured)
        for capture in try CapturedBody.all() where capture.isTraces {
            for span in comparison.spans(capture.bytes) ?? [] {
                for (key, value) in zip(OracleKeys.captured, span.values) where value != .absent {
                    unseen.remove(key)
                }
            }
        }
        #expect(unseen == ["exception.message", "no.such.key"])
    }

    @Test func `generated requests have the same spans`() throws {
        let plan = FuzzPlan("generated requests", caseCount: 1_500)
        var comparison = Comparison(keys: SampleVocabulary.plain.keys)
        var spanCount = 0
        let caseCount = try plan.run { seed in
            var generator = RequestGenerator(.plain, seed: seed)
            let body = generator.request()
            let read = comparison.spans(body)
            let spans = try #require(read, "protobuf-c refuses the body of seed \(seed)")
            let difference = comparison.difference
            try #require(difference == nil, "seed \(seed): \(hex(body))")
            spanCount += spans.count
        }
        #expect(spanCount > caseCount)
    }
}

import Derivation
import Packs
import SeededRandom
import Testing
import TraceSamples

/// Spans of a known shape are measured by arithmetic prepared for it, others by evaluating every expression.
/// A kind beyond 63 has no shape; no expression here asks for a kind.
@Suite struct `Prepared arithmetic` {
    @Test func `says what evaluation says`() throws {
        let plan = FuzzPlan("prepared arithmetic", caseCount: 150)
        var packCount = 0
        let caseCount = try plan.run { seed in
            var pack = RandomPack(seed: seed)
            let source = pack.source()
            guard (try? PackSet(sources: [source])) != nil else { return }
            packCount += 1
            var samples = NumericSamples(seed: seed, keys: RandomPack.keys)
            let spans = samples.spans(40)
            let prepared = try Scraped([NumericSamples.body(spans, kind: 0)], sources: [source])
            let evaluated = try Scraped([NumericSamples.body(spans, kind: 100)], sources: [source])
            try #require(prepared.lines == evaluated.lines, "seed \(seed)\n\(source.text)")
            try #require(prepared.refusals == evaluated.refusals, "seed \(seed)\n\(source.text)")
            let unmatched = (prepared.counts.map(\.unmatched), evaluated.counts.map(\.unmatched))
            try #require(unmatched.0 == unmatched.1, "seed \(seed)")
        }
        #expect(packCount > caseCount / 3, "\(packCount) of \(caseCount) packs mean something")
    }

    @Test func `says what evaluation says of the built-in packs`() throws {
        let keys = [
            "retry_count", "api_latency", "token_input", "token_output", "cost_usd", "confidence",
            "gen_ai.usage.input_tokens",
        ]
        try FuzzPlan("prepared built-in packs", caseCount: 40).run { seed in
            var samples = NumericSamples(seed: seed, keys: keys)
            samples.name = "routing_test_a"
            let spans = samples.spans(60)
            let prepared = try Scraped([NumericSamples.body(spans, kind: 0)])
            let evaluated = try Scraped([NumericSamples.body(spans, kind: 100)])
            try #require(prepared.lines == evaluated.lines, "seed \(seed)")
            try #require(prepared.refusals == evaluated.refusals, "seed \(seed)")
        }
    }
}

/// Spans whose attributes are numbers for the most part, in few combinations.
struct NumericSamples {
    var name = "sample"
    private var random: SeededRandom
    private let keys: [String]
    /// For each combination the kind of value of each key.
    private let combinations: [[Int]]

    init(seed: UInt64, keys: [String]) {
        var random = SeededRandom(seed: seed)
        combinations = (0..<4).map { _ in keys.map { _ in random.below(8) } }
        self.keys = keys
        self.random = random
    }

    mutating func spans(_ count: Int) -> [SampleSpan] {
        (0..<count).map { _ in
            var span = SampleSpan()
            span.name = Array(name.utf8)
            let kinds = random.pick(combinations)
            for (key, kind) in zip(keys, kinds) {
                guard let value = value(random.once(in: 12) ? random.below(12) : kind) else { continue }
                span.attributes.append(SampleSpan.attribute(key, anyValue: value))
            }
            if random.once(in: 8), let value = value(random.below(12)) {
                span.resource = [SampleSpan.attribute(random.pick(keys), anyValue: value)]
            }
            span.end = span.start + UInt64(random.below(3_000_000_000))
            if random.once(in: 6) { (span.start, span.end) = (0, 0) }
            let status = WireWriter.field(15, [0x18, UInt8(random.below(3))])
            span.more = random.once(in: 2) ? status : []
            return span
        }
    }

    /// An encoded `AnyValue`; nil for none.
    private mutating func value(_ kind: Int) -> [UInt8]? {
        var writer = WireWriter()
        switch kind {
        case 0: return nil
        case 1, 2, 3: writer.field(3, varint: UInt64(random.below(4)))
        case 4, 5: writer.field(4, fixed64: (Double(random.below(40)) / 8).bitPattern)
        case 6: writer.field(4, fixed64: random.pick([0.0, -0.0, -1.5, 1e300, 4]).bitPattern)
        case 7: writer.field(3, varint: UInt64(bitPattern: Int64(random.below(5)) - 2))
        case 8: writer.field(4, fixed64: random.pick([Double.nan, .infinity, -.infinity]).bitPattern)
        case 9: writer.field(1, Array(random.pick(["3", "x", "", "1e999", "-2"]).utf8))
        case 10: writer.field(2, varint: 1)
        default: break
        }
        return writer.bytes
    }

    /// One request of all spans, with this kind.
    static func body(_ spans: [SampleSpan], kind: UInt64) -> [UInt8] {
        spans.flatMap { span in
            var span = span
            var field = WireWriter()
            field.field(6, varint: kind)
            span.more += field.bytes
            return span.body
        }
    }
}

import Bytes
import Derivation
import MetricModel
import Packs
import Registry
import SeededRandom
import Testing
import TraceSamples

/// What a deriver remembers of spans, scopes and batches never shows.
@Suite struct `Deriver's memory` {
    @Test func `spans count together as they count alone`() throws {
        let plan = FuzzPlan("derivation together and alone", caseCount: 40)
        let packs = try PackSet(sources: PackSource.builtIn, options: HostileSamples.options)
        let hash = ByteHash(seed: plan.seed)
        let program = Program(packs)
        try plan.run { seed in
            var random = SeededRandom(seed: seed)
            var samples = HostileSamples(keys: program.keys, keyCount: 3 + random.below(6), seed: seed)
            let limits = samples.limits()
            var together = Run(packs, program, limits, hash)
            var alone = Run(packs, program, limits, hash)
            for _ in 0..<3 {
                let bodies = (0..<1 + random.below(40)).map { _ in samples.bodyOfOneSpan() }
                try together.count(bodies.flatMap { $0 })
                for body in bodies {
                    alone.forget(program, hash)
                    try alone.count(body)
                }
            }
            let difference = try together.difference(from: alone)
            try #require(difference == nil, "seed \(seed), \(limits)")
        }
    }

    /// Texts that are one label value, cut or repaired, and yet two texts.
    static let twins: [[[UInt8]]] = [
        [
            Array((String(repeating: "n", count: 300) + "1").utf8),
            Array((String(repeating: "n", count: 300) + "2").utf8),
        ],
        [[0x61, 0xFF], [0x61, 0xFE]],
        [[0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x99]],
        [[0x61], [0x62]],
    ]

    private func body(name: [UInt8], span: [UInt8]?, resource: [UInt8]?) -> [UInt8] {
        var sample = SampleSpan()
        sample.name = name
        if let span { sample.attributes = [SampleSpan.attribute("pytest.nodeid", span)] }
        if let resource { sample.resource = [SampleSpan.attribute("pytest.nodeid", resource)] }
        return sample.body
    }

    @Test(arguments: twins) func `what is one label value is not one text`(_ texts: [[UInt8]]) throws {
        let ofSpans = texts.flatMap { name in texts.map { body(name: name, span: $0, resource: nil) } }
        let spans = try Scraped([ofSpans.flatMap { $0 }, ofSpans.reversed().flatMap { $0 }])
        #expect(spans.sum("test_attempts_total") == 4)
        let ofResources = texts.flatMap { name in texts.map { body(name: name, span: nil, resource: $0) } }
        let resources = try Scraped([ofResources.flatMap { $0 }, ofResources.reversed().flatMap { $0 }])
        #expect(resources.sum("test_attempts_total") == 4)
    }
}

/// A deriver, a registry, and what they counted.
private struct Run: ~Copyable {
    private var deriver: Deriver
    private let registry: Registry
    private var spanCount = 0
    private var unmatchedCount = 0
    private var malformedCount = 0
    private var refusals: [UInt32] = []

    init(_ packs: PackSet, _ program: Program, _ limits: SeriesLimits, _ hash: ByteHash) {
        deriver = Deriver(program: program, hash: hash, valueByteCountMax: 256)
        registry = Registry(catalog: packs.catalog, limits: limits, hash: hash)
        refusals = [UInt32](repeating: 0, count: deriver.batch.refusals.count)
    }

    /// Goes on with a new deriver and the same registry.
    mutating func forget(_ program: Program, _ hash: ByteHash) {
        deriver = Deriver(program: program, hash: hash, valueByteCountMax: 256)
    }

    mutating func count(_ body: [UInt8]) throws {
        let bytes = body.span.bytes
        try deriver.begin(bytes)
        while try deriver.nextBatch(bytes) {
            registry.apply(&deriver.batch)
            for index in refusals.indices { refusals[index] += deriver.batch.refusals[index] }
        }
        spanCount += deriver.counts.spans
        unmatchedCount += deriver.counts.unmatched
        malformedCount += deriver.counts.malformed
    }

    /// What the two counted differently; nil for nothing. Sums may differ by the order of their parts.
    func difference(from other: borrowing Run) throws -> String? {
        let mine = (spanCount, unmatchedCount, malformedCount)
        let theirs = (other.spanCount, other.unmatchedCount, other.malformedCount)
        if mine != theirs { return "\(mine) instead of \(theirs) spans, unmatched, malformed" }
        if refusals != other.refusals { return "\(refusals) instead of \(other.refusals)" }
        let found = try ExpositionParser(Exposed.bytes(of: registry)).samples
        let wanted = try ExpositionParser(Exposed.bytes(of: other.registry)).samples
        for (series, value) in wanted {
            guard let same = found[series] else { return "no \(series)" }
            if same != value, !(abs(same - value) <= 1e-9 * max(same, value)) {
                return "\(same) instead of \(value): \(series)"
            }
        }
        return found.keys.first { wanted[$0] == nil }.map { "\($0) is too much" }
    }
}

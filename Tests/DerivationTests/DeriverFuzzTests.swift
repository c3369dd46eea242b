import Bytes
import Derivation
import MetricModel
import OTLP
import Packs
import Registry
import Testing
import TraceSamples

/// Hostile bodies through the whole path: the process lives, no span is lost or counted twice, and what is
/// exposed can be read.
@Suite struct `Fuzzed derivation` {
    @Test func `counts every well-formed span once and exposes what can be read`() throws {
        let plan = FuzzPlan("derivation", caseCount: 60)
        let packs = try PackSet(sources: PackSource.builtIn, options: HostileSamples.options)
        let hash = ByteHash(seed: plan.seed)
        let program = Program(packs)
        var spanCount = 0
        let caseCount = try plan.run { seed in
            var samples = HostileSamples(keys: program.keys, seed: seed)
            let limits = samples.limits()
            let registry = Registry(catalog: packs.catalog, limits: limits, hash: hash)
            var deriver = Deriver(program: program, hash: hash, valueByteCountMax: 256)
            var wanted = 0
            for _ in 0..<12 {
                wanted += try count(samples.body(), &deriver, registry)
            }
            let exposed = Exposed.bytes(of: registry)
            let problem = problem(in: exposed, wanted: wanted)
            try #require(problem == nil, "seed \(seed), \(limits)")
            spanCount += wanted
        }
        #expect(spanCount > caseCount)
    }

    /// Derives and applies a body; returns how many spans it must have added.
    private func count(
        _ body: [UInt8], _ deriver: inout Deriver, _ registry: Registry
    ) throws -> Int {
        let bytes = body.span.bytes
        do {
            try deriver.begin(bytes)
            while try deriver.nextBatch(bytes) { registry.apply(&deriver.batch) }
        } catch {
            return 0
        }
        let accepted = deriver.counts.spans - deriver.counts.malformed
        if let spans = SpanFacts.oracle(body, keys: []) {
            let expected = spans.filter(\.isWellFormed).count
            try #require(accepted == expected)
        }
        return accepted
    }

    private func problem(in exposed: [UInt8], wanted: Int) -> String? {
        do {
            let parsed = try ExpositionParser(exposed)
            let calls = parsed.samples.filter { $0.key.name == "traces_spanmetrics_calls_total" }
            let sum = calls.values.reduce(0, +)
            if sum != Double(wanted) { return "\(sum) calls of \(wanted) spans" }
            let counts = parsed.samples.filter { $0.key.name == "traces_spanmetrics_latency_count" }
            if counts.values.reduce(0, +) > sum { return "more durations than calls" }
            let long = parsed.samples.keys.flatMap(\.labels).filter { $0.value.utf8.count > 256 }
            return long.isEmpty ? nil : "a label of \(long[0].value.utf8.count) bytes"
        } catch {
            return "\(error)"
        }
    }
}

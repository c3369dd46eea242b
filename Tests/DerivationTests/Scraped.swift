import Bytes
import Derivation
import MetricModel
import Packs
import Registry

/// The whole path from bodies to exposed text, without a server.
struct Scraped {
    let lines: [String]
    /// The built-in packs, read once for all tests.
    private static let usual = Result {
        let packs = try PackSet(sources: PackSource.builtIn)
        return (packs: packs, program: Program(packs))
    }
    private(set) var counts: [DerivationCounts] = []
    private(set) var refusals: [String: Int] = [:]

    init(
        _ bodies: [[UInt8]], options: PackOptions = [:], enabled: [String]? = nil,
        sources: [PackSource]? = nil,
        limits: SeriesLimits = SeriesLimits(), valueByteCountMax: Int = 256, origin: SpanOrigin = .outside,
        prices: PriceTable = PriceTable(), memory: RelationMemory? = nil
    ) throws {
        let isUsual =
            sources == nil && options.isEmpty && enabled == nil && prices == PriceTable()
            && origin == .outside
        let packs =
            isUsual
            ? try Self.usual.get().packs
            : try PackSet(
                sources: sources ?? PackSource.builtIn, options: options, enabled: enabled, prices: prices)
        let hash = ByteHash(seed: 42)
        let program = isUsual ? try Self.usual.get().program : Program(packs, from: origin)
        let registry = Registry(catalog: packs.catalog, limits: limits, hash: hash)
        var deriver = Deriver(
            program: program, hash: hash, valueByteCountMax: valueByteCountMax, memory: memory)
        for body in bodies {
            let span = body.span.bytes
            try deriver.begin(span)
            while try deriver.nextBatch(span) {
                registry.apply(&deriver.batch)
                for (index, count) in deriver.batch.refusals.enumerated() where count > 0 {
                    let meter = program.meterNames[index / RefusalReason.allCases.count]
                    let reason = RefusalReason.allCases[index % RefusalReason.allCases.count].label
                    refusals["\(meter) \(reason)", default: 0] += Int(count)
                }
            }
            counts.append(deriver.counts)
        }
        lines = String(decoding: Exposed.bytes(of: registry), as: UTF8.self).split(separator: "\n")
            .map(String.init)
    }

    /// The sum over all series of `name` whose labels hold all of `labels`, written as `skill="x"`.
    func sum(_ name: String, _ labels: String...) -> Double {
        var total = 0.0
        for line in lines where line.hasPrefix(name + "{") || line.hasPrefix(name + " ") {
            guard labels.allSatisfy({ line.contains($0) }), let value = line.split(separator: " ").last else {
                continue
            }
            total += Double(value) ?? .nan
        }
        return total
    }
}

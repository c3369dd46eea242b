import Bytes
import Derivation
import Exposition
import Foundation
import MetricModel
import OTLP
import Packs
import Registry

func cpu() -> Double {
    var t = timespec(); clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return Double(t.tv_sec) + Double(t.tv_nsec) / 1e9
}
func run() throws {
    let body = [UInt8](try Data(contentsOf: URL(filePath: "/tmp/body.bin")))
    for enabled
        in (CommandLine.arguments.count > 2
        ? [nil] : [["spanmetrics"], ["spanmetrics", "routing-tests"], nil]) as [[String]?]
    {
        let packs = try PackSet(sources: PackSource.builtIn, enabled: enabled)
        let hash = Bytes.ByteHash(seed: 42)
        let program = Program(packs)
        let registry = Registry(catalog: packs.catalog, limits: SeriesLimits(), hash: hash)
        var reader = TraceReader(keys: AttributeKeys(program.keys))
        var deriver = Deriver(program: program, hash: hash, valueByteCountMax: 256)
        let n = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 4000 : 4000
        let span = body.span.bytes
        for _ in 0..<1 {
            try deriver.begin(span); while try deriver.nextBatch(span) { registry.apply(&deriver.batch) }
        }
        var t = cpu()
        for _ in 0..<n { try reader.begin(span); while try reader.next(span) {} }
        let decode = (cpu() - t) / Double(n) / 512 * 1e9
        t = cpu()
        for _ in 0..<n { try deriver.begin(span); while try deriver.nextBatch(span) {} }
        let derive = (cpu() - t) / Double(n) / 512 * 1e9
        t = cpu()
        for _ in 0..<n {
            try deriver.begin(span); while try deriver.nextBatch(span) { registry.apply(&deriver.batch) }
        }
        let all = (cpu() - t) / Double(n) / 512 * 1e9
        print(
            enabled ?? ["all"], "rows", deriver.batch.rows.count,
            "decode \(Int(decode)) decode+derive \(Int(derive)) +apply \(Int(all)) ns/span")
    }
}
do { try run() } catch { print(error) }

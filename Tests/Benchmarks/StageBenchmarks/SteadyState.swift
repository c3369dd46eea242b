import Benchmark
import Stages
import Traffic

/// The stages after a warm-up that has made every series, with fresh requests for them.
final class SteadyState {
    static let choiceCount = PackChoice.all.count

    private var stages: SpanStages
    private var page: PageStage
    private var bodies = RequestBodies()
    private var next = 0

    /// - Parameter choice: position in `PackChoice.all`.
    init(_ choice: Int) throws {
        stages = SpanStages(try PackChoice.all[choice].packs())
        page = PageStage(stages.registry)
        for _ in 0..<2 {
            bodies.renew()
            for body in bodies.bodies { try stages.count(body.span.bytes) }
            page.render { _ in }
        }
    }

    static func name(_ choice: Int) -> String { PackChoice.all[choice].name }

    /// The next request; when all were given out, they get new spans.
    private func nextBody() -> [UInt8] {
        if next == bodies.bodies.count {
            next = 0
            bodies.renew()
        }
        next += 1
        return bodies.bodies[next - 1]
    }

    func decode(_ benchmark: Benchmark) throws {
        let body = nextBody()
        benchmark.startMeasurement()
        try stages.decode(body.span.bytes)
        benchmark.stopMeasurement()
    }

    func derive(_ benchmark: Benchmark) throws {
        let body = nextBody()
        benchmark.startMeasurement()
        var hasBatch = try stages.derive(body.span.bytes)
        while hasBatch { hasBatch = try stages.deriveMore(body.span.bytes) }
        benchmark.stopMeasurement()
    }

    func know(_ benchmark: Benchmark) throws {
        let body = nextBody()
        var hasBatch = try stages.derive(body.span.bytes)
        benchmark.startMeasurement()
        blackHole(stages.know(body.span.bytes))
        benchmark.stopMeasurement()
        while hasBatch { hasBatch = try stages.deriveMore(body.span.bytes) }
    }

    /// Measures the first batch of a request; there is only one unless a limit was met.
    func apply(_ benchmark: Benchmark) throws {
        let body = nextBody()
        var hasBatch = try stages.derive(body.span.bytes)
        benchmark.startMeasurement()
        stages.apply()
        benchmark.stopMeasurement()
        while hasBatch { hasBatch = try stages.deriveMore(body.span.bytes) }
    }

    func render(_ benchmark: Benchmark) {
        benchmark.startMeasurement()
        page.render { blackHole($0.count) }
        benchmark.stopMeasurement()
    }
}

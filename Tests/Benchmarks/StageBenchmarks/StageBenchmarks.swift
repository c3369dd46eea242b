// Wall time of the stages from request bytes to the page, by package-benchmark. From the top directory:
//
//   SPANMETER_BENCHMARKS=1 swift package --disable-sandbox benchmark --no-progress
//
// Only then is it part of the package, so that ordinary builds need neither the library nor its time; the first
// build takes some minutes. Behind `benchmark`: `--filter 'derive.*'`, `baseline update before`, `baseline compare before`. CPU time and
// allocations are counted by `hot`: the library reads CPU time in ticks of 10 ms here, and its counter of
// allocations needs a package that this one does without.

import Benchmark

/// What package-benchmark registers: each stage with each choice of packs. An iteration is one request of 512
/// spans, or one page of all series.
let benchmarks: @Sendable () -> Void = {
    let stages = Benchmark.Configuration(
        metrics: [.wallClock, .throughput], timeUnits: .nanoseconds, warmupIterations: 15,
        maxDuration: .seconds(1), maxIterations: 20_000
    )
    for choice in 0..<SteadyState.choiceCount {
        let name = SteadyState.name(choice)
        Benchmark("decode, \(name)", configuration: stages) { benchmark, state in
            try state.decode(benchmark)
        } setup: {
            try SteadyState(choice)
        }
        Benchmark("derive, \(name)", configuration: stages) { benchmark, state in
            try state.derive(benchmark)
        } setup: {
            try SteadyState(choice)
        }
        Benchmark("know, \(name)", configuration: stages) { benchmark, state in
            try state.know(benchmark)
        } setup: {
            try SteadyState(choice)
        }
        Benchmark("apply, \(name)", configuration: stages) { benchmark, state in
            try state.apply(benchmark)
        } setup: {
            try SteadyState(choice)
        }
        Benchmark("render, \(name)", configuration: stages) { benchmark, state in
            state.render(benchmark)
        } setup: {
            try SteadyState(choice)
        }
    }
}

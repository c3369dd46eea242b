import ArgumentParser
import Foundation
import Glibc
import NIOCore
import NIOPosix

/// Sends routing-test spans to spanmeter, measures what they cost it, and checks that each was counted.
@main
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Measure what spans cost a spanmeter, and check that it counts every one.",
        discussion: """
            Sends OTLP requests of routing-test spans: about 400 bytes, 10 attributes and one of 3,690 label \
            sets a span, 7 resource attributes, ids that never repeat. Reads CPU time and memory of the server \
            from /proc, scrapes /metrics during the run, and compares the sum of the span counter with the \
            spans acknowledged.

            Requests answered by 429, 502, 503, 504 or UNAVAILABLE, and those whose connection broke, are sent \
            again with the same bytes: a server that counts exactly once still shows the right sum.

            Measure the release binary with three fresh servers, as the README's figures are:
              load --server .build/release/spanmeter --peers-shape
            The same at a steady 10,000 spans a second for a minute:
              load --server .build/release/spanmeter --peers-shape --rate 10000 --seconds 60
            A server that runs already:
              load --pid 4711 --address 127.0.0.1:4318 --metrics-address 127.0.0.1:9464 --spans 1000000
            What a scrape costs:
              load --server .build/release/spanmeter --render

            Exit codes: 0 every acknowledged span was counted, 1 a sum differs or the server failed, 64 wrong flags.
            """
    )

    @Option(help: ArgumentHelp("Start this binary for every run, on free ports.", valueName: "path"))
    var server: String?
    @Option(help: ArgumentHelp("Configuration for --server.", valueName: "file"))
    var config: String?
    @Flag(help: "Run --server with one meter of 3 dimensions, as the comparison with other products does.")
    var peersShape = false
    @Option(help: "What --server keeps: commit, relaxed or off (default: as configured).")
    var durability: String?
    @Option(help: "Process id of a server that runs already.")
    var pid: Int32?
    @Option(help: ArgumentHelp("Its OTLP address for the chosen protocol.", valueName: "host:port"))
    var address = "127.0.0.1:4318"
    @Option(help: ArgumentHelp("Where it serves /metrics.", valueName: "host:port"))
    var metricsAddress = "127.0.0.1:9464"

    @Option(name: .customLong("protocol"), help: "http or grpc.")
    var wire = WireProtocol.http
    @Option(help: "Connections at once.")
    var connections = 8
    @Option(help: "Requests that a connection may have without answer.")
    var outstanding = 1
    @Option(help: "Spans to send (default: 20000000, unless --seconds is given).")
    var spans: Int?
    @Option(help: "Stop sending after so many seconds.")
    var seconds: Int?
    @Option(help: "Spans a second, steady; without it as fast as answers come.")
    var rate: Int?
    @Option(help: "Spans in a request.")
    var batch = 512
    @Flag(help: "Send an app's spans instead of tests' cases, of the same size and with as many labels.")
    var ordinary = false
    @Flag(help: "Compress requests; that costs the generator more than the server.")
    var gzip = false
    @Option(help: "Spans to send before the measurement begins.")
    var warmup = 200_000
    @Option(help: "Repeat the run (with a fresh server where --server is given) and show the median.")
    var runs = 3
    @Option(help: "Seconds between two scrapes.")
    var scrapeEvery = 5
    @Option(help: "Counter whose sum is compared with the spans acknowledged.")
    var counter = "traces_spanmetrics_calls_total"
    @Option(help: "Threads of the generator.")
    var threads = 1
    @Flag(help: "Measure repeated scrapes at rest instead; sends only enough spans to make every series.")
    var render = false
    @Option(help: "Scrapes of --render.")
    var scrapes = 50

    func validate() throws {
        if (server == nil) == (pid == nil) { throw ValidationError("give one of --server and --pid") }
        if server == nil, config != nil || peersShape {
            throw ValidationError("--config and --peers-shape need --server")
        }
        if server == nil, durability != nil { throw ValidationError("--durability needs --server") }
        if config != nil, peersShape { throw ValidationError("give one of --config and --peers-shape") }
        let sizes = [connections, outstanding, batch, threads]
        let lengths = [spans ?? 1, seconds ?? 1, rate ?? 1, runs, scrapes, scrapeEvery]
        if (sizes + lengths).contains(where: { $0 < 1 }) || warmup < 0 {
            throw ValidationError("numbers must be positive")
        }
        if connections > 65_535 { throw ValidationError("at most 65535 connections") }
    }

    func run() async throws {
        // Sums are compared at once: new series must not wait to be seen as 0 first.
        setenv("SPANMETER_ZERO_FIRST", "off", 1)
        if let durability { setenv("SPANMETER_DURABILITY", durability, 1) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        var results: [RunFigures] = []
        for number in 1...runs {
            let load = "\(wire.rawValue), \(connections) connections × \(outstanding) requests"
            print("run \(number) of \(runs): \(load)")
            do {
                results.append(try await oneRun(group))
            } catch let error as LoadError {
                Report.line("problem", "\(error)")
                throw ExitCode.failure
            }
        }
        try await group.shutdownGracefully()
        if runs > 1 { Report.printMedian(results) }
        if results.contains(where: { !$0.isExact || $0.complaint != nil || $0.counts.failedRequests > 0 }) {
            throw ExitCode.failure
        }
    }

    private func oneRun(_ group: MultiThreadedEventLoopGroup) async throws -> RunFigures {
        guard let program = server else {
            let running = Server(
                processID: pid ?? 0,
                otlp: try Server.Endpoint(address),
                metrics: try Server.Endpoint(metricsAddress)
            )
            return try await observe(Run(plan: plan, server: running, group: group))
        }
        let spawned = try await SpawnedServer.start(
            program, configuration: peersShape ? .peersShape : config.map { .file($0) } ?? .builtIn,
            isGRPC: wire == .grpc
        )
        let run = Run(plan: plan, server: spawned.server, group: group)
        do {
            var figures = try await observe(run)
            figures.complaint = await spawned.stop { _ = try? await run.scrape() }
            if let complaint = figures.complaint { Report.line("problem", complaint) }
            return figures
        } catch {
            let complaint = await spawned.stop { _ = try? await run.scrape() }
            throw LoadError("\(error)" + (complaint.map { "; \($0)" } ?? ""))
        }
    }

    private func observe(_ run: Run) async throws -> RunFigures {
        let bytes = run.requestByteCount
        Report.line("request", "\(batch) spans, \(bytes) bytes (\(bytes / batch) a span)")
        let figures = try await run.measure()
        Report.print(figures)
        if render { Report.print(try await run.render(scrapes: scrapes)) }
        return figures
    }

    private var plan: Plan {
        // Four times every label set is enough to make every series.
        let sent = render ? spans ?? 4 * 3_690 : spans ?? (seconds == nil ? 20_000_000 : nil)
        return Plan(
            wire: wire,
            connections: connections,
            outstanding: outstanding,
            spans: sent,
            seconds: seconds,
            rate: rate,
            batch: batch,
            isOrdinary: ordinary,
            isGzipped: gzip,
            warmupSpans: render ? 0 : warmup,
            scrapeEvery: scrapeEvery,
            counter: counter,
            threads: threads
        )
    }
}

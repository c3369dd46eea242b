import ArgumentParser
import Configuration
import Delivery

/// `spanmeter replay`: sends captured requests again.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send captured OTLP requests to a receiver.",
        discussion: """
            A capture is a file NNN.bin with a request body as it was received (protobuf or JSON, gzip kept; of \
            gRPC the message alone) and, beside it, NNN.json with the original's transport, path and headers. \
            Without the latter, the kind of body is seen from its bytes. Directories are searched in depth and \
            sent in numeric order; other files are skipped.

              spanmeter replay captures/run01
              spanmeter replay --to http://localhost:4318 --repeat 100 --rate 50 captures
              spanmeter replay --grpc localhost:4317 captures/run03
              spanmeter replay --renew captures/run01

            Spans that were sent before count once. With --renew they happen again: each directory is taken for one \
            run, whose times move so that it ends now, and whose ids are new in each round.

            Refusals that ask to come again (429, 503, UNAVAILABLE) are repeated, with the wait that the receiver \
            asks for, at most \(Replayer<ContinuousClock>.attemptCountMax) times and \
            \(Replayer<ContinuousClock>.waitMax.components.seconds) s per request. The exit code is 1 if any request was refused \
            in the end.
            """
    )

    @Option(help: ArgumentHelp("The receiver of HTTP requests.", valueName: "URL"))
    var to = "http://localhost:4318"

    @Option(
        help: ArgumentHelp(
            "The receiver of captures that came by gRPC; without it they are sent over HTTP.",
            valueName: "HOST:PORT"))
    var grpc: String?

    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp(
            "How often all captures are sent; without --renew spans count once.", valueName: "N"))
    var repeatCount = 1

    @Flag(help: "Send the spans as if they happened now: times that end now, ids of their own.")
    var renew = false

    @Option(
        help: ArgumentHelp(
            "Requests per second; without it as fast as they are answered.", valueName: "NUMBER"))
    var rate: Double?

    @Argument(help: ArgumentHelp("Captures, or directories of them.", valueName: "PATH"))
    var paths: [String]

    func validate() throws {
        guard repeatCount >= 1 else {
            throw ValidationError("--repeat is '\(repeatCount)'; wanted a whole number from 1")
        }
        if let rate, !(rate > 0 && rate.isFinite) {
            throw ValidationError("--rate is '\(rate)'; wanted a number above 0")
        }
        if let grpc, (try? ListenAddress(configurationText: grpc)) == nil {
            throw ValidationError("--grpc is '\(grpc)'; wanted HOST:PORT such as localhost:4317")
        }
    }

    func run() async throws {
        let found = try CaptureFinder.captures(at: paths)
        let total = found.captures.count.multipliedReportingOverflow(by: repeatCount)
        guard !total.overflow else {
            throw CommandError(.usage, "--repeat is '\(repeatCount)'; wanted fewer")
        }
        let target = ReplayTarget(http: to, grpc: grpc.map { "http://\($0)" })
        var replayer = try Replayer(target: target, clock: ContinuousClock())
        let progress = ReplayProgress(total: total.partialValue)
        do {
            let renewed = RenewedCaptures(found.captures)
            for _ in 0..<repeatCount {
                guard !renew else {
                    try await renewed.forEach { capture, body in
                        try await replayer.pace(rate: rate)
                        try await replayer.send(capture, body)
                        progress.show(replayer.summary.requestCount)
                    }
                    continue
                }
                for capture in found.captures {
                    try await replayer.pace(rate: rate)
                    try await replayer.send(capture, try capture.body())
                    progress.show(replayer.summary.requestCount)
                }
            }
        } catch {
            progress.clear()
            if replayer.summary.requestCount > 0 {
                print(replayer.summary.text(skippedCount: found.skippedCount))
            }
            throw error
        }
        progress.clear()
        print(replayer.summary.text(skippedCount: found.skippedCount))
        if replayer.summary.refusedCount > 0 { throw CommandError(.failure, nil) }
    }
}

import Bytes
package import Configuration
import Derivation
package import Logging
import MetricModel
import NIOCore
import NIOPosix
package import Packs
import Registry

/// The running service: receivers, pipeline, registry and scrape endpoint, assembled from the configuration.
package final class Sidecar: Sendable {
    private let server: Server
    private let intake: Intake
    private let upkeep: Upkeep
    private let threads: [NIOThreadPool]
    private let grace: Duration
    private let finalPush: FinalPush?

    /// Where it listens.
    package var bound: Server.Bound { server.bound }

    /// Binds all ports, then is ready.
    ///
    /// - Parameters:
    ///   - settings: the checked configuration.
    ///   - packs: the packs in force.
    ///   - version: as `spanmeter_build_info` shows it.
    /// - Throws: `ServiceError` when an address cannot be had; nothing is left bound then.
    package static func start(
        _ settings: Settings, packs: PackSet, version: String, log: Logger
    ) async throws -> Sidecar {
        let hash = ByteHash(seed: UInt64.random(in: .min ... .max))
        let program = Program(packs)
        let now: @Sendable () -> UInt64 = { WallClock.nanosecondsSince1970() }
        let kept = try KeptState.open(settings, packs.catalog, hash: hash, now: now, log: log)
        let registry = kept.registry
        let secret = kept.secret
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        let readiness = Readiness()
        let intake = Intake(kept, durability: settings.keeping.durability, thread: thread) { failure in
            if let failure {
                log.error("spans cannot be kept", metadata: ["reason": "\(failure)"])
                readiness.setFailure("spans cannot be kept: \(failure)")
            } else {
                log.notice("spans can be kept again")
                readiness.setFailure(nil)
            }
        }
        let counters = SpanCounters(meterCount: program.meterNames.count)
        let requests = RequestMetrics()
        let own = SelfMetrics(
            version: version, configurationHash: fingerprint(settings),
            started: Int64(WallClock.nanosecondsSince1970() / 1_000_000), registry: registry,
            counters: counters,
            requests: requests, meterNames: program.meterNames
        )
        let pipeline = Pipeline(
            derivers: DeriverSlots(
                count: System.coreCount, program: program, hash: hash,
                valueByteCountMax: settings.limits.labelValueBytes
            ),
            intake: intake, secret: secret, counters: counters, now: now
        )
        let source = MetricsSource(
            registry: registry, own: own, createdLines: settings.exposition.createdLines)
        let server = try await Server.start(
            Server.Addresses(settings), limits: ServiceLimits(settings.limits), sink: pipeline,
            scrape: source, requestMetrics: requests, readiness: readiness, log: log
        )
        own.setOccupancy { [weak server] in
            SelfMetrics.Occupancy(
                inflightBytes: server?.admission.usage.byteCount ?? 0,
                receiverConnections: server?.receiverGate.connectionCount ?? 0,
                scrapeConnections: server?.scrapeGate.connectionCount ?? 0
            )
        }
        let background = NIOThreadPool(numberOfThreads: 1)
        background.start()
        let upkeep = Upkeep(
            intake, settings.keeping, background: background, scraped: { nil }, now: now, log: log)
        let finalPush = settings.remoteWrite.map {
            FinalPush(settings: $0, source: source, userAgent: "spanmeter/\(version)", log: log)
        }
        let sidecar = Sidecar(
            server, intake, upkeep, threads: [thread, background], finalPush, grace: settings.shutdownGrace)
        sidecar.startTicking(settings.keeping)
        server.setReady()
        return sidecar
    }

    private init(
        _ server: Server, _ intake: Intake, _ upkeep: Upkeep, threads: [NIOThreadPool],
        _ finalPush: FinalPush?, grace: Duration
    ) {
        self.server = server
        self.intake = intake
        self.upkeep = upkeep
        self.threads = threads
        self.grace = grace
        self.finalPush = finalPush
    }

    private func startTicking(_ keeping: Settings.Keeping) {
        server.repeat(every: .seconds(1)) { [upkeep] in upkeep.tick() }
        if keeping.durability == .relaxed {
            server.repeat(every: TimeAmount(keeping.relaxedWindow)) { [intake] in intake.commitSoon() }
        }
    }

    /// Takes no more requests, finishes those in progress and closes everything; then pushes the final values, if
    /// remote write is configured.
    package func drain() async {
        await server.drain(grace: grace)
        await intake.finish()
        await finalPush?.run()
        await upkeep.finish()
        for thread in threads { try? await thread.shutdownGracefully() }
    }

    /// A short text that changes whenever an option's value does; no secret can be read from it, because
    /// secrets are masked in `effective`.
    private static func fingerprint(_ settings: Settings) -> String {
        let text = Array(settings.effective.map { "\($0.key)=\($0.text)" }.joined(separator: "\n").utf8)
        let value = ByteHash(seed: 0)(text.span.bytes, at: 0, count: text.count)
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Server.Addresses {
    fileprivate init(_ settings: Settings) {
        self.init()
        grpc = ListenAddress(host: settings.otlpGRPC.host, port: settings.otlpGRPC.port)
        http = ListenAddress(host: settings.otlpHTTP.host, port: settings.otlpHTTP.port)
        scrape = ListenAddress(host: settings.metrics.host, port: settings.metrics.port)
    }
}

extension ServiceLimits {
    fileprivate init(_ limits: Settings.Limits) {
        self.init()
        bodyByteCountMax = limits.requestBytes
        bufferedByteCountMax = limits.inflightBytes
        largeRequestCountMax = limits.requestsPerCore * System.coreCount
        connectionCountMax = limits.connections
        requestDeadline = TimeAmount(limits.requestTimeout)
        idleDeadline = TimeAmount(limits.idleTimeout)
    }
}

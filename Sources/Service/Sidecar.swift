import Bytes
package import Configuration
import Derivation
import Glibc
package import Logging
import MetricModel
import NIOCore
package import Packs
import Registry

/// The running service: receivers, pipeline, registry and scrape endpoint, assembled from the configuration.
package final class Sidecar: Sendable {
    private let server: Server
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
        let limits = SeriesLimits(
            valuesPerLabel: settings.limits.valuesPerLabel, seriesPerMeter: settings.limits.seriesPerMeter,
            series: settings.limits.series
        )
        let registry = Registry(catalog: packs.catalog, limits: limits, hash: hash)
        let counters = SpanCounters(meterCount: program.meterNames.count)
        let requests = RequestMetrics()
        let own = SelfMetrics(
            version: version, configurationHash: fingerprint(settings),
            started: Int64(nanosecondsSince1970() / 1_000_000), registry: registry, counters: counters,
            requests: requests, meterNames: program.meterNames
        )
        let pipeline = Pipeline(
            derivers: DeriverSlots(
                count: System.coreCount, program: program, hash: hash,
                valueByteCountMax: settings.limits.labelValueBytes
            ),
            registry: registry, counters: counters, now: { Self.nanosecondsSince1970() }
        )
        let source = MetricsSource(
            registry: registry, own: own, createdLines: settings.exposition.createdLines)
        let server = try await Server.start(
            Server.Addresses(settings), limits: ServiceLimits(settings.limits), sink: pipeline,
            scrape: source, requestMetrics: requests, log: log
        )
        own.setOccupancy { [weak server] in
            SelfMetrics.Occupancy(
                inflightBytes: server?.admission.usage.byteCount ?? 0,
                receiverConnections: server?.receiverGate.connectionCount ?? 0,
                scrapeConnections: server?.scrapeGate.connectionCount ?? 0
            )
        }
        server.setReady()
        let finalPush = settings.remoteWrite.map {
            FinalPush(settings: $0, source: source, userAgent: "spanmeter/\(version)", log: log)
        }
        return Sidecar(server, grace: settings.shutdownGrace, finalPush)
    }

    private init(_ server: Server, grace: Duration, _ finalPush: FinalPush?) {
        self.server = server
        self.grace = grace
        self.finalPush = finalPush
    }

    /// Takes no more requests, finishes those in progress and closes everything; then pushes the final values, if
    /// remote write is configured.
    package func drain() async {
        await server.drain(grace: grace)
        await finalPush?.run()
    }

    /// A short text that changes whenever an option's value does; no secret can be read from it, because
    /// secrets are masked in `effective`.
    private static func fingerprint(_ settings: Settings) -> String {
        let text = Array(settings.effective.map { "\($0.key)=\($0.text)" }.joined(separator: "\n").utf8)
        let value = ByteHash(seed: 0)(text.span.bytes, at: 0, count: text.count)
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func nanosecondsSince1970() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
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

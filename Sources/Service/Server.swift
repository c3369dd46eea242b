package import Logging
import NIOCore
import NIOPosix

/// The ports of the service: OTLP/gRPC, OTLP/HTTP and the scrape endpoint, on event loops of their own.
package final class Server: Sendable {
    /// Where to listen; the defaults are the usual ports on loopback.
    package struct Addresses: Sendable {
        package var grpc = ListenAddress(port: 4_317)
        package var http = ListenAddress(port: 4_318)
        package var scrape = ListenAddress(port: 9_464)

        /// The usual ports on loopback.
        package init() {}
    }

    /// Where it listens.
    package struct Bound: Sendable, Equatable {
        package var grpc: BoundAddresses
        package var http: BoundAddresses
        package var scrape: BoundAddresses
    }

    /// What the receivers' bodies hold.
    package let admission: Admission
    /// The receivers' connections.
    package let receiverGate: ConnectionGate
    /// The scrape endpoint's connections.
    package let scrapeGate: ConnectionGate
    /// What `/-/ready` says.
    package let readiness: Readiness
    /// Where it listens.
    package var bound: Bound {
        Bound(grpc: listeners.grpc.bound, http: listeners.http.bound, scrape: listeners.scrape.bound)
    }

    private let group: MultiThreadedEventLoopGroup
    private let log: Logger
    private let receivers: ConnectionRegistry
    private let scrapers: ConnectionRegistry
    private let listeners: Listeners

    /// Binds all ports and begins to accept; `/-/ready` says 503 until `setReady`.
    ///
    /// - Throws: `ServiceError` for the first address that cannot be had; nothing is left bound then.
    package static func start(
        _ addresses: Addresses = Addresses(),
        limits: ServiceLimits = ServiceLimits(),
        sink: any TraceSink,
        scrape: any ScrapeSource,
        requestMetrics: RequestMetrics,
        readiness: Readiness = Readiness(),
        log: Logger
    ) async throws -> Server {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        do {
            return try await Server(group, addresses, limits, sink, scrape, requestMetrics, readiness, log)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private init(
        _ group: MultiThreadedEventLoopGroup,
        _ addresses: Addresses,
        _ limits: ServiceLimits,
        _ sink: any TraceSink,
        _ scrape: any ScrapeSource,
        _ metrics: RequestMetrics,
        _ readiness: Readiness,
        _ log: Logger
    ) async throws {
        self.readiness = readiness
        self.group = group
        self.log = log
        admission = Admission(limits)
        receiverGate = ConnectionGate(connectionCountMax: limits.connectionCountMax)
        scrapeGate = ConnectionGate(connectionCountMax: limits.scrapeConnectionCountMax)
        receivers = ConnectionRegistry()
        scrapers = ConnectionRegistry()
        listeners = try await Listeners.bind(
            addresses,
            on: group,
            receiver: Receiver(limits: limits, admission: admission, metrics: metrics, sink: sink),
            scrape: ScrapeService(limits: limits, metrics: metrics, readiness: readiness, source: scrape),
            gates: (receivers: receiverGate, scrapers: scrapeGate),
            registries: (receivers: receivers, scrapers: scrapers),
            log: log
        )
    }

    /// Calls `body` on an event loop from time to time, until the loops are closed.
    func `repeat`(every interval: TimeAmount, _ body: @escaping @Sendable () -> Void) {
        group.next().scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in body() }
    }

    /// Lets `/-/ready` say 200.
    package func setReady() {
        readiness.move(to: .ready)
    }

    /// Stops: no new connections, requests in progress are finished, connections and loops are closed.
    ///
    /// The scrape endpoint answers, and `/-/ready` says 503, until the receivers are done.
    ///
    /// - Parameter grace: how long requests in progress may take in all; what is left then is cut off.
    package func drain(grace: Duration) async {
        readiness.move(to: .draining)
        let deadline = NIODeadline.now() + TimeAmount(grace)
        for listener in listeners.grpc.channels + listeners.http.channels { try? await listener.close() }
        var left = await receivers.quiesce(grace: TimeAmount(grace), on: group.next())
        for listener in listeners.scrape.channels { try? await listener.close() }
        let rest = max(.zero, deadline - .now())
        left += await scrapers.quiesce(grace: rest, on: group.next())
        if left > 0 {
            log.warning("connections cut off at the end of the grace", metadata: ["count": "\(left)"])
        }
        try? await group.shutdownGracefully()
    }
}

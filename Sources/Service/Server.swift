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
    private let scrapeConnections: ConnectionRegistry
    private let scrapers: Scrapers
    private let listeners: Listeners

    /// Binds all ports and begins to accept; `/-/ready` says 503 until `setReady`.
    ///
    /// - Throws: `ServiceError` for the first address that cannot be had; nothing is left bound then.
    package static func start(
        _ addresses: Addresses = Addresses(),
        limits: ServiceLimits = ServiceLimits(),
        sink: any TraceSink,
        scrape: any ScrapeSource,
        scrapers: Scrapers = Scrapers(),
        requestMetrics: RequestMetrics,
        readiness: Readiness = Readiness(),
        skills: SkillDoor? = nil,
        log: Logger
    ) async throws -> Server {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        do {
            return try await Server(
                group, addresses, limits, sink, scrape, scrapers, requestMetrics, readiness, skills, log)
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
        _ scrapers: Scrapers,
        _ metrics: RequestMetrics,
        _ readiness: Readiness,
        _ skills: SkillDoor?,
        _ log: Logger
    ) async throws {
        self.readiness = readiness
        self.group = group
        self.log = log
        admission = Admission(limits)
        receiverGate = ConnectionGate(connectionCountMax: limits.connectionCountMax)
        scrapeGate = ConnectionGate(connectionCountMax: limits.scrapeConnectionCountMax)
        receivers = ConnectionRegistry()
        scrapeConnections = ConnectionRegistry()
        self.scrapers = scrapers
        listeners = try await Listeners.bind(
            addresses,
            on: group,
            receiver: Receiver(limits: limits, admission: admission, metrics: metrics, sink: sink),
            scrape: ScrapeService(
                limits: limits, metrics: metrics, readiness: readiness, source: scrape, scrapers: scrapers,
                skills: skills
            ),
            gates: (receivers: receiverGate, scrapers: scrapeGate),
            registries: (receivers: receivers, scrapers: scrapeConnections),
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

    /// Stops: `drainReceivers`, then `close`, with one grace for both.
    package func drain(grace: Duration) async {
        let deadline = NIODeadline.now() + TimeAmount(grace)
        await drainReceivers(grace: grace)
        await close(grace: Duration(max(.zero, deadline - .now())))
    }

    /// Takes no more requests and finishes those in progress, with answers that are still to come; from now on
    /// `/-/ready` says 503. The scrape endpoint goes on.
    ///
    /// - Parameter grace: how long that may take; what is left then is cut off.
    package func drainReceivers(grace: Duration) async {
        readiness.move(to: .draining)
        for listener in listeners.grpc.channels + listeners.http.channels { try? await listener.close() }
        note(cutOff: await receivers.quiesce(grace: TimeAmount(grace), on: group.next()))
    }

    /// Goes on answering scrapes until every known scraper has completely received one that began after this call,
    /// so that what was counted last is not lost with the process. Called between `drainReceivers` and `close`,
    /// when nothing changes any more. With no scraper known, or when the task is cancelled, it ends at once.
    ///
    /// - Parameter limit: how long that may take at most; a scraper comes when its interval is over.
    /// - Returns: false when some scraper did not come or not receive.
    package func linger(atMost limit: Duration) async -> Bool {
        let start = NIODeadline.now()
        let deadline = start + TimeAmount(limit)
        while true {
            try? await scrapers.look(on: group.next())?.get()
            let now = NIODeadline.now()
            if scrapers.book.haveAllReceived(since: start, at: now) { return true }
            if now >= deadline { return false }
            let rest = min(Duration(deadline - now), Self.lingerTick)
            guard (try? await Task.sleep(for: rest)) != nil else { return false }
        }
    }

    /// Whether any scraper is known.
    var hasScrapers: Bool { !scrapers.book.known(at: .now()).isEmpty }

    /// How often a lingering server looks what was received: nobody notices it at the end of a process.
    private static let lingerTick = Duration.milliseconds(50)

    /// Closes the scrape endpoint, finishes scrapes in progress and ends the loops. Whoever holds a
    /// `PendingAnswer` or a `PendingScrape` must be done with it.
    ///
    /// - Parameter grace: how long scrapes may take; what is left then is cut off.
    package func close(grace: Duration) async {
        readiness.move(to: .draining)
        for listener in listeners.scrape.channels { try? await listener.close() }
        note(cutOff: await scrapeConnections.quiesce(grace: TimeAmount(grace), on: group.next()))
        try? await group.shutdownGracefully()
    }

    private func note(cutOff count: Int) {
        guard count > 0 else { return }
        log.warning("connections cut off at the end of the grace", metadata: ["count": "\(count)"])
    }
}

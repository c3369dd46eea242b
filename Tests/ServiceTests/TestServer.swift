import Logging
import MetricModel
import NIOCore
import OTLP
import Service
import Testing

/// A server on free loopback ports and what the tests look at.
struct TestServer {
    let server: Server
    let sink: FakeSink
    let scrape: FakeScrape
    let metrics: RequestMetrics
    let scrapers: Scrapers

    var httpPort: Int { server.bound.http.port }
    var grpcPort: Int { server.bound.grpc.port }
    var scrapePort: Int { server.bound.scrape.port }

    static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    static var freePorts: Server.Addresses {
        var addresses = Server.Addresses()
        addresses.grpc.port = 0
        addresses.http.port = 0
        addresses.scrape.port = 0
        return addresses
    }

    /// A request deadline to wait for, where a request must be sent within it as well: time enough on a machine that
    /// is busy. A connection that comes too late is closed, and what it sends is never seen.
    static let requestTime = TimeAmount.seconds(2)

    /// Runs `body` against a server, drains it, and checks that nothing is held any more.
    static func run(
        _ change: (inout ServiceLimits) -> Void = { _ in },
        sink: FakeSink = FakeSink(),
        scrape: FakeScrape = FakeScrape(),
        grace: Duration = .seconds(10),
        _ body: (TestServer) async throws -> Void
    ) async throws {
        var limits = ServiceLimits()
        limits.lingerDeadline = .milliseconds(200)
        // A test may have to wait for its turn longer than a sender may be silent.
        limits.requestDeadline = .minutes(10)
        limits.idleDeadline = .minutes(10)
        change(&limits)
        let metrics = RequestMetrics()
        let scrapers = Scrapers()
        let server = try await Server.start(
            freePorts, limits: limits, sink: sink, scrape: scrape, scrapers: scrapers,
            requestMetrics: metrics,
            log: quiet
        )
        let test = TestServer(
            server: server, sink: sink, scrape: scrape, metrics: metrics, scrapers: scrapers)
        var failure: (any Error)?
        do {
            try await body(test)
        } catch {
            failure = error
        }
        await server.drain(grace: grace)
        if let failure { throw failure }
        let usage = server.admission.usage
        #expect([usage.byteCount, usage.largeByteCount, usage.largeRequestCount] == [0, 0, 0])
        #expect(server.receiverGate.connectionCount == 0)
        #expect(server.scrapeGate.connectionCount == 0)
        #expect(scrapers.book.openCount == 0)
    }

    func count(_ wire: WireProtocol, _ signal: Signal, _ code: String) -> UInt64 {
        metrics.snapshot().requests
            .filter { $0.wire == wire && $0.signal == signal && $0.code.text == code }
            .reduce(0) { $0 + $1.count }
    }

    func ends(_ listener: ListenerRole, _ reason: ConnectionEnd) -> UInt64 {
        metrics.snapshot().ends.first { $0.listener == listener && $0.reason == reason }?.count ?? 0
    }

    /// Waits until no scraper is connected. One whose connection is not taken yet does not count.
    func waitForNoScraper(at place: SourceLocation = #_sourceLocation) async throws {
        try await eventually("no scraper is connected", at: place) { server.scrapeGate.connectionCount == 0 }
    }
}

import Logging
import MetricModel
import NIOCore
import NIOHTTP2
import NIOPosix
import OTLP
import Service
import Testing

private let request = "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"

@Suite(.serialized) struct ServerTests {
    @Test func `localhost is both loopback addresses on one port`() async throws {
        try await TestServer.run { server in
            for bound in [server.server.bound.grpc, server.server.bound.http, server.server.bound.scrape] {
                #expect(bound.port > 0)
                #expect(bound.hosts.first == "127.0.0.1")
            }
            for host in server.server.bound.http.hosts {
                let client = try await RawClient.connect(server.httpPort, host: host)
                try await client.send(request + "Content-Length: 0\r\n\r\n")
                #expect(try await client.responses().first?.status == 200)
                await client.close()
            }
        }
    }

    @Test(arguments: [("grpc", "OTLP/gRPC"), ("http", "OTLP/HTTP"), ("scrape", "the scrape endpoint")])
    func `a port in use is one clear error`(which: String, purpose: String) async throws {
        let taken = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(taken.localAddress?.port)
        var addresses = TestServer.freePorts
        switch which {
        case "grpc": addresses.grpc.port = port
        case "http": addresses.http.port = port
        default: addresses.scrape.port = port
        }
        let wanted = "cannot listen on 127.0.0.1:\(port) for \(purpose): address already in use"
        await #expect {
            _ = try await Server.start(
                addresses, sink: FakeSink(), scrape: FakeScrape(), requestMetrics: RequestMetrics(),
                log: TestServer.quiet
            )
        } throws: { "\($0)" == wanted }
        try await taken.close()
    }

    @Test func `a port in use on the IPv6 loopback alone is an error too`() async throws {
        guard
            let taken = try? await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(host: "::1", port: 0).get()
        else { return }
        let port = try #require(taken.localAddress?.port)
        var addresses = TestServer.freePorts
        addresses.http.port = port
        await #expect {
            _ = try await Server.start(
                addresses, sink: FakeSink(), scrape: FakeScrape(), requestMetrics: RequestMetrics(),
                log: TestServer.quiet
            )
        } throws: { "\($0)" == "cannot listen on [::1]:\(port) for OTLP/HTTP: address already in use" }
        try await taken.close()
    }

    @Test func `an address that is not ours is an error`() async throws {
        var addresses = TestServer.freePorts
        addresses.grpc = ListenAddress(host: "192.0.2.1", port: 4317)
        await #expect {
            _ = try await Server.start(
                addresses, sink: FakeSink(), scrape: FakeScrape(), requestMetrics: RequestMetrics(),
                log: TestServer.quiet
            )
        } throws: {
            "\($0)" == "cannot listen on 192.0.2.1:4317 for OTLP/gRPC: this machine does not have the address"
        }
    }

    @Test func `a drain finishes what is in progress, refuses what is new, and says so`() async throws {
        let sink = FakeSink()
        let server = try await Server.start(
            TestServer.freePorts, sink: sink, scrape: FakeScrape(), requestMetrics: RequestMetrics(),
            log: TestServer.quiet
        )
        server.setReady()
        let idle = try await RawClient.connect(server.bound.http.port)
        let busy = try await RawClient.connect(server.bound.http.port)
        let scraper = try await RawClient.connect(server.bound.scrape.port)
        let grpc = try await GRPCClient.connect(server.bound.grpc.port)
        for client in [idle, busy] {
            try await client.send(request + "Content-Length: 1\r\n\r\n1")
            #expect(try await client.responses().first?.status == 200)
        }
        try await busy.send(request + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        #expect(try await busy.responses().first?.status == 100)
        #expect(try await grpc.call(1, GRPCClient.framed([1]))["grpc-status"] == "0")
        try await grpc.open(3, GRPCClient.headers())
        try await grpc.write(0, .ping(.init(withInteger: 1), ack: false))
        _ = try await grpc.wait { $0.pingAckCount == 1 }

        async let drained: Void = server.drain(grace: .seconds(20))
        #expect(try await idle.receiveAll().isEmpty)
        #expect(try await grpc.wait { $0.goAway != nil }.goAway?.last == 3)
        try await scraper.send("GET /-/ready HTTP/1.1\r\nHost: x\r\n\r\n")
        let ready = try #require(try await scraper.responses().first)
        #expect(ready.status == 503)
        #expect(ready.body == Array("not ready: draining\n".utf8))
        await #expect(throws: (any Error).self) { try await RawClient.connect(server.bound.http.port) }

        try await busy.send("22")
        #expect(try await busy.responses().first?.status == 200)
        try await grpc.data(3, GRPCClient.framed([3]), endStream: true)
        #expect(try await grpc.answer(3)["grpc-status"] == "0")
        for client in [idle, busy, scraper] { await client.close() }
        await grpc.close()
        await drained
        #expect(server.receiverGate.connectionCount == 0)
        #expect(server.admission.usage.byteCount == 0)
        #expect(sink.byteCounts.count == 5)
    }

    @Test func `a drain cuts off at the end of its grace`() async throws {
        let server = try await Server.start(
            TestServer.freePorts, sink: FakeSink(), scrape: FakeScrape(), requestMetrics: RequestMetrics(),
            log: TestServer.quiet
        )
        let client = try await RawClient.connect(server.bound.http.port)
        try await client.send(request + "Content-Length: 1\r\n\r\n1")
        #expect(try await client.responses().first?.status == 200)
        try await client.send(request + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        #expect(try await client.responses().first?.status == 100)
        await server.drain(grace: .milliseconds(50))
        #expect(try await client.receiveAll().isEmpty)
        #expect(server.admission.usage.byteCount == 0)
        await client.close()
    }
}

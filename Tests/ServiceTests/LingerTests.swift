import NIOCore
import Service
import Synchronization
import Testing

private let scrape = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"

@Suite(.serialized) struct LingerTests {
    @Test func `a server that knows no scraper does not linger`() async throws {
        try await TestServer.run { server in
            await server.server.drainReceivers(grace: .seconds(10))
            #expect(await server.server.linger(atMost: .seconds(100)))
        }
    }

    @Test func `it lingers until every scraper has received what is final`() async throws {
        try await TestServer.run { server in
            server.server.setReady()
            let clients = [
                try await RawClient.connect(server.scrapePort),
                try await RawClient.connect(server.scrapePort),
            ]
            let requests = [
                scrape, "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: b\r\n\r\n",
            ]
            for (client, request) in zip(clients, requests) {
                try await client.send(request)
                #expect(try await client.responses().first?.status == 200)
            }
            await server.server.drainReceivers(grace: .seconds(10))
            // One comes again, the other does not.
            #expect(await !Self.linger(server, .milliseconds(200), clients[0], [requests[0]]))
            // The endpoint answers all the while, and says what it is doing.
            try await clients[1].send("GET /-/ready HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await clients[1].responses().first?.body == Array("not ready: draining\n".utf8))
            #expect(await Self.linger(server, .seconds(100), clients[1], requests))
            for client in clients { await client.close() }
        }
    }

    @Test func `it does not linger beyond its time for a scraper that does not read`() async throws {
        let large = FakeScrape(chunkByteCount: 200_000)
        try await TestServer.run(scrape: large) { server in
            let client = try await RawClient.connect(server.scrapePort, reads: false, bufferByteCount: 4_096)
            try await client.send(scrape)
            try await large.wait(1)
            await server.server.drainReceivers(grace: .seconds(10))
            try await client.send(scrape)
            #expect(await !server.server.linger(atMost: .milliseconds(100)))
            await client.close()
        }
    }

    @Test func `lingering ends with its task`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send(scrape)
            #expect(try await client.responses().first?.status == 200)
            let task = Task { await server.server.linger(atMost: .seconds(100)) }
            task.cancel()
            #expect(await !task.value)
            await client.close()
        }
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    /// Lingers, with a client that scrapes in turns meanwhile.
    private static func linger(
        _ server: TestServer, _ limit: Duration, _ client: RawClient, _ requests: [String]
    ) async -> Bool {
        let isOver = Flag()
        let server = server.server
        async let scraping: Void = {
            while !isOver.isSet.load(ordering: .relaxed) {
                for request in requests {
                    try? await client.send(request)
                    _ = try? await client.responses()
                }
            }
        }()
        let result = await server.linger(atMost: limit)
        isOver.isSet.store(true, ordering: .relaxed)
        await scraping
        return result
    }
}

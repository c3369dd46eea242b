import NIOCore
import Service
import Synchronization
import Testing

private let scrape = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"

@Suite(.serialized) struct PendingScrapeTests {
    private static var holding: FakeScrape {
        let scrape = FakeScrape(chunkCount: 3, chunkByteCount: 100_000)
        scrape.state.withLock { $0.isHolding = true }
        return scrape
    }

    @Test func `a scrape that begins later is whole, and holds up nobody else`() async throws {
        try await TestServer.run(scrape: Self.holding) { server in
            let client = try await RawClient.connect(server.scrapePort)
            let other = try await RawClient.connect(server.scrapePort)
            try await client.send(scrape)
            try await server.scrape.wait(1)
            try await other.send("GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await other.responses().first?.status == 200)
            server.scrape.resume(0)
            #expect(try await client.responses().first?.body == server.scrape.text)
            try await client.send(scrape)
            try await server.scrape.wait(2)
            server.scrape.resume(1)
            #expect(try await client.responses().first?.body == server.scrape.text)
            for client in [client, other] { await client.close() }
        }
    }

    @Test func `a scrape that is refused gets 503 and why`() async throws {
        try await TestServer.run(scrape: Self.holding) { server in
            let client = try await RawClient.connect(server.scrapePort)
            for number in 0..<2 {
                try await client.send(scrape)
                try await server.scrape.wait(number + 1)
                server.scrape.resume(number, refusing: ScrapeRefusal("the disk is full"))
                let response = try #require(try await client.responses().first)
                #expect(response.status == 503)
                #expect(response.body == Array("the disk is full\n".utf8))
            }
            await client.close()
        }
    }

    @Test func `a scrape that does not begin in time gets 503, and what comes then is dropped`() async throws
    {
        try await TestServer.run({ $0.scrapeStallDeadline = .milliseconds(50) }, scrape: Self.holding) {
            server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send(scrape)
            #expect(try await client.responses().first?.status == 503)
            server.scrape.resume(0)
            try await client.send("GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.responses().first?.body == Array("healthy\n".utf8))
            #expect(server.scrape.nextCount.load(ordering: .relaxed) == 0)
            await client.close()
        }
    }

    @Test func `a scraper that is gone when its scrape begins is left alone`() async throws {
        try await TestServer.run(scrape: Self.holding) { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send(scrape)
            try await server.scrape.wait(1)
            try await client.reset()
            try await server.waitForNoScraper()
            server.scrape.resume(0)
            #expect(server.scrape.nextCount.load(ordering: .relaxed) == 0)
            #expect(server.scrapers.book.known(at: .now()).isEmpty)
        }
    }

    @Test func `a scraper that has closed its half gets its scrape`() async throws {
        try await TestServer.run(scrape: Self.holding) { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send(scrape)
            try await client.endOutput()
            try await server.scrape.wait(1)
            server.scrape.resume(0)
            #expect(try await client.responses().first?.body == server.scrape.text)
            #expect(try await client.receiveAll().isEmpty)
            await client.close()
        }
    }
}

import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Service

private func get(_ path: String, _ headers: String..., version: String = "1.1") -> String {
    "GET \(path) HTTP/\(version)\r\nHost: x\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n"
}

@Suite(.serialized) struct ReceiptTests {
    private static func marked(_ mark: UInt64, chunkCount: Int = 1, chunkByteCount: Int = 12) -> FakeScrape {
        let scrape = FakeScrape(chunkCount: chunkCount, chunkByteCount: chunkByteCount)
        scrape.state.withLock { $0.mark = mark }
        return scrape
    }

    @Test func `the next request shows that a scrape was received`() async throws {
        try await TestServer.run(scrape: Self.marked(5)) { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send(get("/metrics"))
            #expect(try await client.responses().first?.status == 200)
            #expect(server.scrapers.book.known(at: .now()) == [Scraper(host: "127.0.0.1")])
            try await client.send(get("/-/healthy"))
            #expect(try await client.responses().first?.status == 200)
            #expect(server.scrapers.receivedByAll() == 5)
            await client.close()
        }
    }

    @Test func `credentials tell scrapers apart and are not kept`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.scrapePort)
            for header in ["Authorization: Basic YTpi", "Authorization: Basic YTpj", "A: b", "A: c"] {
                try await client.send(get("/metrics", header))
                #expect(try await client.responses().first?.status == 200)
            }
            let known = server.scrapers.book.known(at: .now())
            #expect(known.count == 3)
            #expect(known.allSatisfy { $0.host == "127.0.0.1" })
            #expect(!"\(known)".contains("YTp"))
            await client.close()
        }
    }

    @Test(arguments: ["", "Connection: close"], ["1.1", "1.0"])
    func `the end of the peer's half shows it`(header: String, version: String) async throws {
        try await TestServer.run(scrape: Self.marked(5)) { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send(
                get("/metrics", "A: b" + (header.isEmpty ? "" : "\r\n" + header), version: version))
            if version == "1.1" {
                #expect(try await client.responses().first?.status == 200)
            } else {
                #expect(try await !client.receiveAll().isEmpty)
            }
            try await client.endOutput()
            try await server.waitForNoScraper()
            #expect(server.scrapers.receivedByAll() == 5)
            await client.close()
        }
    }

    @Test func `HEAD, other pages and refused scrapes are no scrapes`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.responses(toHead: true).first?.status == 200)
            server.scrape.state.withLock { $0.isHolding = true }
            try await client.send(get("/-/healthy") + get("/metrics"))
            try await server.scrape.wait(1)
            server.scrape.resume(0, refusing: ScrapeRefusal("the disk is full"))
            #expect(try await client.responses(2).map(\.status) == [200, 503])
            #expect(server.scrapers.book.known(at: .now()).isEmpty)
            await client.close()
        }
    }

    @Test func `a request sent ahead shows nothing, and what is read later is received`() async throws {
        // Far more than the client's kernel takes unread, and less than ours.
        try await TestServer.run(scrape: Self.marked(5, chunkByteCount: 200_000)) { server in
            let client = try await RawClient.connect(server.scrapePort, reads: false, bufferByteCount: 4_096)
            try await client.send(get("/metrics") + get("/-/healthy") + get("/metrics", "Authorization: b"))
            try await server.scrape.wait(2)
            #expect(server.scrapers.book.known(at: .now()).contains(Scraper(host: "127.0.0.1")))
            #expect(server.scrapers.receivedByAll() == nil)
            try await client.startReading()
            #expect(try await client.responses(3).map(\.status) == [200, 200, 200])
            try await client.send(get("/metrics") + get("/-/healthy"))
            #expect(try await client.responses(2).map(\.status) == [200, 200])
            try await client.send(get("/metrics", "Authorization: b"))
            #expect(try await client.responses().map(\.status) == [200])
            try await client.endOutput()
            try await server.waitForNoScraper()
            #expect(server.scrapers.receivedByAll() == 5)
            await client.close()
        }
    }

    @Test(arguments: [(2, "A: b"), (2, "Connection: close"), (1_000, "A: b")])
    func `a scrape that is reset before it is read is not received`(
        chunkCount: Int, header: String
    ) async throws {
        let scrape = Self.marked(5, chunkCount: chunkCount, chunkByteCount: 8_000)
        try await TestServer.run({ $0.lingerDeadline = .seconds(30) }, scrape: scrape) { server in
            let client = try await RawClient.connect(server.scrapePort, reads: false, bufferByteCount: 4_096)
            try await client.send(get("/metrics", header))
            try await server.scrape.wait(1)
            // The short one is with our kernel; the long one is being written.
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            if chunkCount == 2 {
                try await eventually("the scrape is written") { server.scrapers.look(on: loop) != nil }
            }
            try await client.reset()
            try await server.waitForNoScraper()
            #expect(server.scrapers.book.known(at: .now()).count == 1)
            #expect(server.scrapers.book.openCount == 0)
            #expect(server.scrapers.receivedByAll() == nil)
        }
    }

    @Test func `the end of the peer's half shows nothing when it comes before the answer`() async throws {
        try await TestServer.run(scrape: Self.marked(5, chunkByteCount: 16_000)) { server in
            let client = try await RawClient.connect(server.scrapePort, reads: false, bufferByteCount: 4_096)
            try await client.send(get("/metrics"))
            try await client.endOutput()
            // A connection that is not taken yet is none, either.
            try await server.scrape.wait(1)
            try await server.waitForNoScraper()
            #expect(server.scrapers.book.known(at: .now()).count == 1)
            #expect(server.scrapers.receivedByAll() == nil)
            await client.close()
        }
    }

    @Test func `before a scrape begins, what others have received is known`() async throws {
        try await TestServer.run(scrape: Self.marked(5)) { server in
            let first = try await RawClient.connect(server.scrapePort)
            try await first.send(get("/metrics"))
            #expect(try await first.responses().first?.status == 200)
            server.scrape.state.withLock { $0.isHolding = true }
            let other = try await RawClient.connect(server.scrapePort)
            // The first peer's kernel may take some milliseconds to acknowledge.
            var number = 0
            repeat {
                try await other.send(get("/metrics", "Authorization: b"))
                try await server.scrape.wait(2 + number)
                server.scrape.resume(number, refusing: ScrapeRefusal("not yet"))
                #expect(try await other.responses().first?.status == 503)
                number += 1
            } while server.scrapers.receivedByAll() == nil && number < 300
            #expect(server.scrapers.receivedByAll() == 5)
            for client in [first, other] { await client.close() }
        }
    }
}

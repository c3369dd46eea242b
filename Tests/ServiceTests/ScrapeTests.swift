import Gzipped
import NIOCore
import OTLP
import Service
import Synchronization
import Testing

@Suite(.serialized) struct ScrapeTests {
    @Test(arguments: [
        ("GET", "/-/healthy", 200, "healthy\n"), ("GET", "/-/ready", 503, "not ready: starting\n"),
        ("GET", "/nothing", 404, "there is nothing at this path\n"),
        ("GET", "/metrics?x=1", 200, "up 0\nup 0\nup"),
        ("POST", "/metrics", 405, "wanted GET or HEAD\n"),
        ("POST", "/nothing", 404, "there is nothing at this path\n"),
        ("HEAD", "/metrics", 200, ""), ("HEAD", "/-/healthy", 200, ""),
    ])
    func `a path answers`(method: String, path: String, status: Int, body: String) async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.scrapePort)
            for _ in 0..<2 {
                try await client.send("\(method) \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                let response = try #require(try await client.responses(toHead: method == "HEAD").first)
                #expect(response.status == status)
                #expect(String(decoding: response.body, as: UTF8.self) == body)
            }
            await client.close()
        }
    }

    @Test func `a request that wants another protocol is answered and ends the connection`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send(
                "GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
            let response = try #require(try await client.responses().first)
            #expect(response.status == 200)
            #expect(response.headers["connection"] == "close")
            #expect(try await client.receiveAll().isEmpty)
            await client.close()
        }
    }

    @Test func `a wrong method is told the right ones`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send("DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.responses().first?.headers["allow"] == "GET, HEAD")
            await client.close()
        }
    }

    @Test func `the index links the pages`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let response = try #require(try await client.responses().first)
            #expect(response.headers["content-type"] == "text/html; charset=utf-8")
            let text = String(decoding: response.body, as: UTF8.self)
            for path in ["/metrics", "/-/healthy", "/-/ready"] { #expect(text.contains("href=\"\(path)\"")) }
            await client.close()
        }
    }

    @Test func `ready answers 200 once it is said`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.scrapePort)
            server.server.readiness.move(to: .starting("applying the journal"))
            try await client.send("GET /-/ready HTTP/1.1\r\nHost: x\r\n\r\n")
            let before = try #require(try await client.responses().first)
            #expect(before.status == 503)
            #expect(before.body == Array("not ready: applying the journal\n".utf8))
            server.server.setReady()
            try await client.send("GET /-/ready HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.responses().first?.status == 200)
            await client.close()
        }
    }

    @Test func `HEAD of the metrics renders nothing`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            let response = try #require(try await client.responses(toHead: true).first)
            #expect(response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(server.scrape.beginCount.load(ordering: .relaxed) == 0)
            await client.close()
        }
    }

    @Test(arguments: [
        ("", false), ("gzip", true), ("deflate, gzip;q=0.5", true), ("gzip;q=0", false), ("*", true),
        ("gzip;q=0.2, identity;q=0.8", false), ("identity;q=0, *;q=0.1", true), ("br", false),
        ("GZIP ; q=1.0", true),
        ("gzip;q=nonsense", false),
    ])
    func `a scrape in chunks is whole, compressed when asked for`(accept: String, isGzip: Bool) async throws {
        let scrape = FakeScrape(chunkCount: 8, chunkByteCount: 50_000)
        try await TestServer.run(scrape: scrape) { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send("GET /metrics HTTP/1.1\r\nHost: x\r\nAccept-Encoding: \(accept)\r\n\r\n")
            let response = try #require(try await client.responses().first)
            #expect(response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect((response.headers["content-encoding"] == "gzip") == isGzip)
            let text = scrape.text
            #expect(
                (isGzip ? Gzipped.opened(response.body, byteCountMax: text.count + 1) : response.body) == text
            )
            await client.close()
        }
    }

    @Test func `HTTP/1.0 gets the metrics up to the end of the connection`() async throws {
        let scrape = FakeScrape(chunkCount: 3, chunkByteCount: 300_000)
        try await TestServer.run(scrape: scrape) { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send("GET /metrics HTTP/1.0\r\n\r\n")
            let bytes = try await client.receiveAll()
            #expect(Array(bytes.suffix(900_000)) == scrape.text)
            #expect(TestResponse.parse(bytes).responses.first?.headers["transfer-encoding"] == nil)
            await client.close()
        }
    }

    @Test func `pipelined scrapes are answered one after the other`() async throws {
        let scrape = FakeScrape(chunkCount: 5, chunkByteCount: 100_000)
        try await TestServer.run(scrape: scrape) { server in
            let client = try await RawClient.connect(server.scrapePort)
            let request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
            try await client.send(request + "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n" + request)
            let responses = try await client.responses(3)
            #expect(responses.map(\.body.count) == [500_000, 8, 500_000])
            await client.close()
        }
    }

    @Test func `a scraper that stops reading is closed and costs no more than what fits on the way`()
        async throws
    {
        let scrape = FakeScrape(chunkCount: 1_000, chunkByteCount: 256 << 10)
        try await TestServer.run({ $0.scrapeStallDeadline = .milliseconds(300) }, scrape: scrape) { server in
            let client = try await RawClient.connect(server.scrapePort, reads: false)
            try await client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            try await eventually("the server gives the reader up") {
                server.ends(.scrape, .stalledReader) == 1
            }
            // The buffers of both sockets, never the 256 MiB.
            #expect(scrape.nextCount.load(ordering: .relaxed) < 100)
            await client.close()
        }
    }

    @Test(arguments: [
        "garbage\r\n\r\n", "GET / HTTP/1.1\r\nA: " + String(repeating: "x", count: 40_000) + "\r\n\r\n",
    ])
    func `a bad head gets an error and the connection closes`(bytes: String) async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.scrapePort)
            try await client.send(bytes)
            let response = try #require(try await client.responses().first)
            #expect(response.status == (bytes.hasPrefix("GET") ? 431 : 400))
            #expect(try await client.receiveAll().isEmpty)
            await client.close()
        }
    }

    @Test func `a silent connection is closed`() async throws {
        try await TestServer.run({ $0.requestDeadline = .milliseconds(50) }) { server in
            let client = try await RawClient.connect(server.scrapePort)
            #expect(try await client.receiveAll().isEmpty)
            #expect(server.ends(.scrape, .noRequest) == 1)
            await client.close()
        }
    }
}

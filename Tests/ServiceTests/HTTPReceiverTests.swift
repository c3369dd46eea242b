import Gzipped
import MetricModel
import OTLP
import Service
import Testing

/// One request and what is to come back.
struct HTTPCase: Sendable, CustomTestStringConvertible {
    var name: String
    var head: String
    var body: [UInt8] = []
    var status: Int
    var code: Int32 = 0
    var message = ""
    var header: (name: String, value: String)?
    var closes = false

    var testDescription: String { name }
    var bytes: [UInt8] { Array(head.utf8) + body }

    static func post(_ headers: String..., path: String = "/v1/traces", version: String = "1.1") -> String {
        "POST \(path) HTTP/\(version)\r\nHost: x\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n"
    }
}

private let protobuf = "Content-Type: application/x-protobuf"

@Suite(.serialized) struct HTTPReceiverTests {
    static let accepted: [HTTPCase] = [
        HTTPCase(
            name: "with a length", head: HTTPCase.post(protobuf, "Content-Length: 3"), body: [1, 2, 3],
            status: 200),
        HTTPCase(name: "without a body", head: HTTPCase.post(protobuf, "Content-Length: 0"), status: 200),
        HTTPCase(name: "without a length", head: HTTPCase.post(protobuf), status: 200),
        HTTPCase(
            name: "in chunks", head: HTTPCase.post(protobuf, "Transfer-Encoding: chunked"),
            body: Array("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n".utf8), status: 200
        ),
        HTTPCase(
            name: "with trailers", head: HTTPCase.post(protobuf, "Transfer-Encoding: chunked"),
            body: Array("3\r\nabc\r\n0\r\nX-After: 1\r\n\r\n".utf8), status: 200
        ),
        HTTPCase(
            name: "type in capitals, with a parameter",
            head: HTTPCase.post("content-type: Application/X-Protobuf ; v=1", "Content-Length: 1"), body: [1],
            status: 200
        ),
        HTTPCase(
            name: "identity",
            head: HTTPCase.post(protobuf, "Content-Encoding: identity", "Content-Length: 1"),
            body: [1], status: 200
        ),
        HTTPCase(
            name: "gzip",
            head: HTTPCase.post(protobuf, "Content-Encoding: GZIP", "Content-Length: \(gzip.count)"),
            body: gzip, status: 200
        ),
        HTTPCase(
            name: "gzip by its old name",
            head: HTTPCase.post(protobuf, "Content-Encoding: x-gzip", "Content-Length: \(gzip.count)"),
            body: gzip, status: 200
        ),
        HTTPCase(
            name: "with a query", head: HTTPCase.post(protobuf, "Content-Length: 1", path: "/v1/traces?a=b"),
            body: [1],
            status: 200
        ),
        HTTPCase(
            name: "HTTP/1.0", head: HTTPCase.post(protobuf, "Content-Length: 1", version: "1.0"), body: [1],
            status: 200,
            header: ("connection", "close"), closes: true
        ),
        HTTPCase(
            name: "HTTP/1.0 that stays",
            head: HTTPCase.post(protobuf, "Connection: keep-alive", "Content-Length: 1", version: "1.0"),
            body: [1],
            status: 200, header: ("connection", "keep-alive")
        ),
        HTTPCase(
            name: "connection: close",
            head: HTTPCase.post(protobuf, "Connection: close", "Content-Length: 1"), body: [1],
            status: 200, header: ("connection", "close"), closes: true
        ),
    ]

    static let gzip = Gzipped.member(Array("abc".utf8))

    static let refused: [HTTPCase] = [
        HTTPCase(
            name: "no type", head: HTTPCase.post("Content-Length: 1"), body: [1], status: 415, code: 3,
            message: "content type is missing, wanted application/x-protobuf"
        ),
        HTTPCase(
            name: "JSON", head: HTTPCase.post("Content-Type: application/json", "Content-Length: 2"),
            body: Array("{}".utf8), status: 415, code: 3,
            message: "JSON is not supported yet, wanted application/x-protobuf"
        ),
        HTTPCase(
            name: "another type", head: HTTPCase.post("Content-Type: text/plain", "Content-Length: 2"),
            body: [1, 2],
            status: 415, code: 3,
            message: "content type 'text/plain' is not supported, wanted application/x-protobuf"
        ),
        HTTPCase(
            name: "another encoding",
            head: HTTPCase.post(protobuf, "Content-Encoding: zstd", "Content-Length: 2"),
            body: [1, 2], status: 415, code: 3,
            message: "content encoding 'zstd' is not supported, wanted gzip or identity"
        ),
        HTTPCase(
            name: "unknown path", head: HTTPCase.post(protobuf, "Content-Length: 2", path: "/nowhere"),
            body: [1, 2],
            status: 404, code: 5, message: "there is nothing at this path, traces go to /v1/traces"
        ),
        HTTPCase(
            name: "metrics", head: HTTPCase.post(protobuf, "Content-Length: 2", path: "/v1/metrics"),
            body: [1, 2],
            status: 404, code: 12, message: "metrics are not taken here, only traces are"
        ),
        HTTPCase(
            name: "GET", head: "GET /v1/traces HTTP/1.1\r\nHost: x\r\n\r\n", status: 405, code: 12,
            message: "/v1/traces takes POST", header: ("allow", "POST")
        ),
        HTTPCase(
            name: "unknown expectation", head: HTTPCase.post(protobuf, "Expect: cake", "Content-Length: 0"),
            status: 417,
            code: 3, message: "expectation 'cake' is not known"
        ),
        HTTPCase(
            name: "declared too large", head: HTTPCase.post(protobuf, "Content-Length: 1001"), status: 413,
            code: 8,
            message: "request body is over 1000 bytes", closes: true
        ),
        HTTPCase(
            name: "too large in chunks", head: HTTPCase.post(protobuf, "Transfer-Encoding: chunked"),
            body: Array("3e9\r\n".utf8) + [UInt8](repeating: 1, count: 1_001), status: 413, code: 8,
            message: "request body is over 1000 bytes", closes: true
        ),
        HTTPCase(
            name: "too large when decompressed",
            head: HTTPCase.post(protobuf, "Content-Encoding: gzip", "Content-Length: \(over.count)"),
            body: over,
            status: 413, code: 8, message: "request body is over 1000 bytes"
        ),
        HTTPCase(
            name: "not gzip", head: HTTPCase.post(protobuf, "Content-Encoding: gzip", "Content-Length: 3"),
            body: [1, 2, 3], status: 400, code: 3, message: "gzip body is damaged: incorrect header check"
        ),
        HTTPCase(
            name: "gzip cut short",
            head: HTTPCase.post(protobuf, "Content-Encoding: gzip", "Content-Length: \(gzip.count - 1)"),
            body: gzip.dropLast(), status: 400, code: 3, message: "gzip body ends early"
        ),
        HTTPCase(
            name: "no HTTP", head: "hello there\r\n\r\n", status: 400, code: 3,
            message: "request is not HTTP/1", closes: true
        ),
        HTTPCase(
            name: "length and chunks",
            head: HTTPCase.post(protobuf, "Content-Length: 3", "Transfer-Encoding: chunked"),
            status: 400, code: 3, message: "request is not HTTP/1", closes: true
        ),
        HTTPCase(
            name: "bad chunk", head: HTTPCase.post(protobuf, "Transfer-Encoding: chunked"),
            body: Array("zz\r\n".utf8),
            status: 400, code: 3, message: "request is not HTTP/1", closes: true
        ),
        HTTPCase(
            name: "large head",
            head: HTTPCase.post(protobuf, "X-Long: " + String(repeating: "x", count: 40_000)),
            status: 431, code: 8, message: "request head is over 32768 bytes", closes: true
        ),
        HTTPCase(
            name: "many headers", head: HTTPCase.post(String(repeating: "a: b\r\n", count: 200) + protobuf),
            status: 431,
            code: 8, message: "request head is over 32768 bytes", closes: true
        ),
    ]

    static let over = Gzipped.member([UInt8](repeating: 7, count: 1_001))

    @Test(arguments: accepted)
    func `a request is accepted`(test: HTTPCase) async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(test.bytes)
            let response = try #require(try await client.responses().first)
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == "application/x-protobuf")
            #expect(response.body.isEmpty)
            if let header = test.header { #expect(response.headers[header.name] == header.value) }
            try await checkEnd(of: test, client)
            #expect(server.sink.byteCounts.first == (test.body.isEmpty ? 0 : test.body.count == 1 ? 1 : 3))
        }
    }

    @Test(arguments: refused)
    func `a request is refused with a status`(test: HTTPCase) async throws {
        try await TestServer.run({ $0.bodyByteCountMax = 1_000 }) { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(test.bytes)
            let response = try #require(try await client.responses().first)
            #expect(response.status == test.status)
            #expect(response.headers["content-type"] == "application/x-protobuf")
            let status = try StatusReader(response.body)
            #expect(status.code == test.code)
            #expect(status.message.hasPrefix(test.message))
            if let header = test.header { #expect(response.headers[header.name] == header.value) }
            #expect((response.headers["connection"] == "close") == test.closes)
            try await checkEnd(of: test, client)
            #expect(server.sink.byteCounts.count <= 1)
        }
    }

    /// A connection that closes has nothing more to say; one that stays takes the next request.
    private func checkEnd(of test: HTTPCase, _ client: RawClient) async throws {
        if test.closes {
            #expect(try await client.receiveAll().isEmpty)
        } else {
            try await client.send(HTTPCase.post(protobuf, "Content-Length: 1").utf8 + [9])
            #expect(try await client.responses().first?.status == 200)
        }
        await client.close()
    }

    @Test(arguments: [
        (ExportOutcome.malformed("tag 0 at offset 4"), 400, Int32(3), ["BadRequest"]),
        (ExportOutcome.overloaded(retryAfterSeconds: 7), 429, Int32(14), ["RetryInfo"]),
        (
            ExportOutcome.unavailable(reason: "the disk is full", retryAfterSeconds: 30), 503, Int32(14),
            ["RetryInfo"]
        ),
    ])
    func `what the sink refuses is answered so`(
        outcome: ExportOutcome, status: Int, code: Int32, details: [String]
    ) async throws {
        try await TestServer.run(sink: FakeSink(outcome)) { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(HTTPCase.post(protobuf, "Content-Length: 1").utf8 + [9])
            let response = try #require(try await client.responses().first)
            #expect(response.status == status)
            let body = try StatusReader(response.body)
            #expect(body.code == code)
            #expect(body.detailTypes == details)
            #expect(response.headers["retry-after"] == body.retrySeconds.map { "\($0)" })
            #expect(server.count(.httpProtobuf, .traces, "\(status)") == 1)
            await client.close()
        }
    }

    @Test func `a partial success is a 200 with a body`() async throws {
        try await TestServer.run(sink: FakeSink(.partial(rejected: 2, message: "bad ids"))) { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(HTTPCase.post(protobuf, "Content-Length: 1").utf8 + [9])
            let response = try #require(try await client.responses().first)
            #expect(response.status == 200)
            #expect(response.body == Answers.partial(rejected: 2, message: "bad ids"))
            await client.close()
        }
    }
}

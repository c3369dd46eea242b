import Gzipped
import MetricModel
import NIOCore
import OTLP
import SeededRandom
import Service
import Testing

private let protobuf = "Content-Type: application/x-protobuf"

@Suite(.serialized) struct HTTPBehaviourTests {
    @Test func `pipelined requests are answered in order`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.httpPort)
            let paths = (0..<50).map { $0 % 3 == 0 ? "/v1/traces" : $0 % 3 == 1 ? "/v1/logs" : "/v1/nothing" }
            let statuses = (0..<50).map { $0 % 3 == 0 ? 200 : 404 }
            let codes: [Int32?] = (0..<50).map { $0 % 3 == 0 ? nil : $0 % 3 == 1 ? 12 : 5 }
            var bytes: [UInt8] = []
            for (index, path) in paths.enumerated() {
                bytes += HTTPCase.post(protobuf, "Content-Length: 2", path: path).utf8 + [1, UInt8(index)]
            }
            try await client.send(bytes)
            let responses = try await client.responses(50)
            #expect(responses.map(\.status) == statuses)
            #expect(try responses.map { $0.body.isEmpty ? nil : try StatusReader($0.body).code } == codes)
            let wanted: [UInt8] = stride(from: 0, to: 50, by: 3).map { UInt8($0) }
            #expect(server.sink.bodies.map { $0[1] } == wanted)
            await client.close()
        }
    }

    @Test(arguments: [
        HTTPCase.post(
            protobuf, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk",
            "Content-Length: 3"),
        "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
    ])
    func `a request that wants another protocol is answered and ends the connection`(head: String)
        async throws
    {
        // NIO's decoder reads nothing behind one: whoever kept the connection would wait for ever.
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(head.utf8 + (head.hasPrefix("POST") ? [1, 2, 3] : []))
            let response = try #require(try await client.responses().first)
            #expect(response.status == (head.hasPrefix("POST") ? 200 : 404))
            #expect(response.headers["connection"] == "close")
            #expect(try await client.receiveAll().isEmpty)
            #expect(server.sink.bodies == (head.hasPrefix("POST") ? [[1, 2, 3]] : []))
            await client.close()
        }
    }

    @Test func `bytes behind a request that wants another protocol do not pile up`() async throws {
        let sink = FakeSink.holding
        try await TestServer.run(sink: sink) { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(
                HTTPCase.post(protobuf, "Connection: Upgrade", "Upgrade: x", "Content-Length: 0"))
            try await sink.wait(1)
            for _ in 0..<64 { await client.trySend([UInt8](repeating: 0, count: 1 << 20)) }
            #expect(try await client.receiveAll().isEmpty)
            sink.answer([0])
            await client.close()
        }
    }

    @Test(arguments: ["/v1/traces", "/"])
    func `the answer to HEAD has no body`(path: String) async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send("HEAD \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
            let response = try #require(try await client.responses(toHead: true).first)
            #expect(response.status == (path == "/" ? 404 : 405))
            #expect(response.headers["content-length"].flatMap(Int.init) ?? 0 > 0)
            try await client.send(HTTPCase.post(protobuf, "Content-Length: 1").utf8 + [1])
            #expect(try await client.responses().first?.status == 200)
            await client.close()
        }
    }

    @Test func `a body that comes byte by byte arrives whole`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.httpPort)
            let body = (0..<60).map { UInt8($0) }
            for byte in HTTPCase.post(protobuf, "Content-Length: 60").utf8 + body {
                try await client.send([byte])
            }
            #expect(try await client.responses().first?.status == 200)
            #expect(server.sink.bodies == [body])
            await client.close()
        }
    }

    @Test(arguments: [1_000, 200_000, 1_048_576, 1_048_577, 5_000_000])
    func `bodies of every size arrive unchanged, plain and compressed`(byteCount: Int) async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.httpPort)
            let body = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 8)) }
            let gzip = Gzipped.member(body)
            for _ in 0..<2 {
                try await client.send(HTTPCase.post(protobuf, "Content-Length: \(byteCount)").utf8 + body)
                try await client.send(
                    HTTPCase.post(protobuf, "Content-Encoding: gzip", "Content-Length: \(gzip.count)").utf8
                        + gzip
                )
                #expect(try await client.responses(2).map(\.status) == [200, 200])
            }
            #expect(server.sink.byteCounts == [byteCount, byteCount, byteCount, byteCount])
            #expect(server.sink.bodies.allSatisfy { $0 == Array(body.prefix(1 << 20)) })
            await client.close()
        }
    }

    @Test func `a compressed body of several members is one body`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.httpPort)
            let gzip = Gzipped.member(Array("one ".utf8)) + Gzipped.member(Array("two".utf8))
            try await client.send(
                HTTPCase.post(protobuf, "Content-Encoding: gzip", "Content-Length: \(gzip.count)").utf8 + gzip
            )
            #expect(try await client.responses().first?.status == 200)
            #expect(server.sink.bodies == [Array("one two".utf8)])
            await client.close()
        }
    }

    @Test(arguments: [1_000, 64 << 20])
    func `a bomb of 1 GiB stops at the limit`(byteCountMax: Int) async throws {
        try await TestServer.run({ $0.bodyByteCountMax = byteCountMax }) { server in
            let client = try await RawClient.connect(server.httpPort)
            let bomb = Gzipped.bomb(mebibytes: 1_024)
            // So much of it that its own bytes are under the small limit.
            let gzip = byteCountMax < bomb.count ? Array(bomb.prefix(900)) : bomb
            try await client.send(
                HTTPCase.post(protobuf, "Content-Encoding: gzip", "Content-Length: \(gzip.count)").utf8 + gzip
            )
            let response = try #require(try await client.responses().first)
            #expect(response.status == 413)
            #expect(server.sink.byteCounts.isEmpty)
            await client.close()
        }
    }

    @Test func `100-continue is sent before the body, and not to a refused request`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(HTTPCase.post(protobuf, "Expect: 100-continue", "Content-Length: 3"))
            #expect(try await client.responses().first?.status == 100)
            try await client.send([1, 2, 3])
            #expect(try await client.responses().first?.status == 200)
            try await client.send(HTTPCase.post("Expect: 100-continue", "Content-Length: 3"))
            let refusal = try #require(try await client.responses().first)
            #expect(refusal.status == 415)
            #expect(refusal.headers["connection"] == "close")
            #expect(try await client.receiveAll().isEmpty)
            await client.close()
        }
    }

    @Test func `a large body that is refused at its head is not read`() async throws {
        try await TestServer.run({ $0.bodyByteCountMax = 1_000 }) { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(HTTPCase.post(protobuf, "Content-Length: 9999999999"))
            #expect(try await client.responses().first?.status == 413)
            #expect(try await client.receiveAll().isEmpty)
            await client.close()
        }
    }

    @Test func `a request that does not come whole in time gets 408`() async throws {
        try await TestServer.run({ $0.requestDeadline = TestServer.requestTime }) { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(HTTPCase.post(protobuf, "Content-Length: 10").utf8 + [1, 2])
            let response = try #require(try await client.responses().first)
            #expect(response.status == 408)
            #expect(response.headers["connection"] == "close")
            #expect(try StatusReader(response.body).code == 4)
            #expect(try await client.receiveAll().isEmpty)
            #expect(server.ends(.http, .slowRequest) == 1)
            #expect(server.count(.httpProtobuf, .traces, "408") == 1)
            await client.close()
        }
    }

    @Test(arguments: ["", "POST /v1/tra"])
    func `a connection that never sends a head is closed`(start: String) async throws {
        try await TestServer.run({ $0.requestDeadline = .milliseconds(50) }) { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(start)
            #expect(try await client.receiveAll().isEmpty)
            #expect(server.ends(.http, .noRequest) == 1)
            await client.close()
        }
    }

    @Test func `an idle connection is closed`() async throws {
        try await TestServer.run({ $0.idleDeadline = .milliseconds(50) }) { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(HTTPCase.post(protobuf, "Content-Length: 1").utf8 + [1])
            #expect(try await client.responses().first?.status == 200)
            #expect(try await client.receiveAll().isEmpty)
            #expect(server.ends(.http, .idle) == 1)
            await client.close()
        }
    }

    @Test func `a peer that closes its half still gets its answer`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(HTTPCase.post(protobuf, "Content-Length: 1").utf8 + [1])
            try await client.endOutput()
            #expect(try await client.responses().first?.status == 200)
            #expect(try await client.receiveAll().isEmpty)
            await client.close()
        }
    }

    @Test func `a peer that does not read its answers is not read from`() async throws {
        try await TestServer.run({ $0.idleDeadline = .milliseconds(300) }) { server in
            let client = try await RawClient.connect(server.httpPort, reads: false)
            let request = Array(HTTPCase.post("Content-Length: 0").utf8)
            let many = [UInt8]((0..<2_000).flatMap { _ in request })
            // More than all buffers on the way take: the sending ends when the server ends the connection.
            while (try? await client.send(many)) != nil {}
            #expect(server.count(.httpProtobuf, .traces, "415") > 0)
            await client.close()
        }
    }

    @Test func `connections beyond the bound are closed and counted`() async throws {
        try await TestServer.run({ $0.connectionCountMax = 2 }) { server in
            let first = try await RawClient.connect(server.httpPort)
            let second = try await RawClient.connect(server.httpPort)
            for client in [first, second] {
                try await client.send(HTTPCase.post(protobuf, "Content-Length: 1").utf8 + [1])
                #expect(try await client.responses().first?.status == 200)
            }
            let third = try await RawClient.connect(server.httpPort)
            #expect(try await third.receiveAll().isEmpty)
            #expect(server.ends(.http, .tooMany) == 1)
            for client in [first, second, third] { await client.close() }
        }
    }

    @Test func `random bytes never stop the server`() async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed of the random bytes: \(seed)")
        var random = SeededRandom(seed: seed)
        try await TestServer.run { server in
            for round in 0..<60 {
                let port = [server.httpPort, server.grpcPort, server.scrapePort][round % 3]
                let client = try await RawClient.connect(port)
                var bytes: [UInt8] = []
                switch round / 3 % 3 {
                case 1: bytes = Array(HTTPCase.post(protobuf, "Content-Length: 5000").utf8)
                case 2: bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
                default: break
                }
                bytes += (0..<Int.random(in: 1...4_000, using: &random)).map { _ in
                    UInt8.random(in: .min ... .max, using: &random)
                }
                await client.trySend(bytes)
                await client.close()
            }
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(HTTPCase.post(protobuf, "Content-Length: 1").utf8 + [1])
            #expect(try await client.responses().first?.status == 200)
            await client.close()
        }
    }
}

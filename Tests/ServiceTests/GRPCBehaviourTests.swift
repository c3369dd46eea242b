import Gzipped
import MetricModel
import NIOCore
import NIOHPACK
import NIOHTTP2
import OTLP
import Service
import Testing

@Suite(.serialized) struct GRPCBehaviourTests {
    @Test func `the settings announce windows, frames and streams`() async throws {
        try await TestServer.run({ $0.streamCountMax = 5 }) { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            let settings = try #require(try await client.wait { $0.settings != nil }.settings)
            func value(_ parameter: HTTP2SettingsParameter) -> Int? {
                settings.first { $0.parameter == parameter }?.value
            }
            #expect(value(.maxConcurrentStreams) == 5)
            #expect(value(.initialWindowSize) == 4 << 20)
            #expect(value(.maxFrameSize) == 1 << 20)
            await client.close()
        }
    }

    @Test(arguments: [16 << 10, 1 << 20, 20 << 20])
    func `messages of every size come through the windows, several at a time`(byteCount: Int) async throws {
        try await TestServer.run { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            let body = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 8)) }
            let framed = GRPCClient.framed(body)
            try await withThrowingTaskGroup(of: String?.self) { group in
                for stream in [1, 3, 5] {
                    try await client.open(stream, GRPCClient.headers())
                    group.addTask {
                        try await client.data(stream, framed, endStream: true)
                        return try await client.answer(stream)["grpc-status"]
                    }
                }
                for try await status in group { #expect(status == "0") }
            }
            #expect(server.sink.byteCounts == [byteCount, byteCount, byteCount])
            #expect(server.sink.bodies.allSatisfy { $0 == Array(body.prefix(1 << 20)) })
            await client.close()
        }
    }

    @Test func `a message that comes byte by byte arrives whole`() async throws {
        try await TestServer.run { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            try await client.open(1, GRPCClient.headers())
            for byte in GRPCClient.framed([1, 2, 3]) { try await client.data(1, [byte]) }
            try await client.data(1, [], endStream: true)
            #expect(try await client.answer(1)["grpc-status"] == "0")
            #expect(server.sink.bodies == [[1, 2, 3]])
            await client.close()
        }
    }

    @Test func `a call that ends with trailers is a call`() async throws {
        try await TestServer.run { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            try await client.open(1, GRPCClient.headers())
            try await client.data(1, GRPCClient.framed([7]))
            try await client.write(1, .headers(.init(headers: HPACKHeaders([("x", "y")]), endStream: true)))
            #expect(try await client.answer(1)["grpc-status"] == "0")
            #expect(server.sink.bodies == [[7]])
            await client.close()
        }
    }

    @Test func `a bomb of 1 GiB stops at the limit`() async throws {
        try await TestServer.run { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            let bomb = GRPCClient.framed(Gzipped.bomb(mebibytes: 1_024), flag: 1)
            let call = try await client.call(1, bomb, headers: GRPCClient.headers(encoding: "gzip"))
            #expect(call["grpc-status"] == "\(Answers.StatusCode.resourceExhausted.rawValue)")
            #expect(call["grpc-status-details-bin"] == nil)
            #expect(server.sink.byteCounts.isEmpty)
            await client.close()
        }
    }

    @Test func `a call that does not come whole in time is ended, others go on`() async throws {
        try await TestServer.run({ $0.requestDeadline = TestServer.requestTime }) { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            try await client.open(1, GRPCClient.headers())
            try await client.data(1, GRPCClient.framed([1], claims: 2))
            #expect(try await client.answer(1)["grpc-status"] == "4")
            #expect(try await client.call(3, GRPCClient.framed([1]))["grpc-status"] == "0")
            #expect(server.ends(.grpc, .slowRequest) == 1)
            await client.close()
        }
    }

    @Test func `an idle connection gets GOAWAY and is closed`() async throws {
        try await TestServer.run({ $0.idleDeadline = .milliseconds(50) }) { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            #expect(try await client.call(1, GRPCClient.framed([1]))["grpc-status"] == "0")
            let seen = try await client.wait { $0.isClosed }
            #expect(seen.goAway?.last == 1)
            #expect(seen.goAway?.code == .noError)
            #expect(server.ends(.grpc, .idle) == 1)
        }
    }

    @Test func `a connection that sends nothing is closed`() async throws {
        try await TestServer.run({ $0.requestDeadline = .milliseconds(50) }) { server in
            let client = try await RawClient.connect(server.grpcPort)
            _ = try await client.receiveAll()
            #expect(server.ends(.grpc, .noRequest) == 1)
            await client.close()
        }
    }

    @Test func `HTTP/1 on the gRPC port is an error and closes`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.grpcPort)
            try await client.send("POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            _ = try await client.receiveAll()
            #expect(server.ends(.grpc, .protocolError) == 1)
            await client.close()
        }
    }

    @Test func `pings are answered, a thousand too`() async throws {
        try await TestServer.run { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            for number in 0..<1_000 {
                try await client.write(0, .ping(HTTP2PingData(withInteger: UInt64(number)), ack: false))
            }
            #expect(try await client.wait { $0.pingAckCount == 1_000 }.pingAckCount == 1_000)
            await client.close()
        }
    }

    @Test func `a reset call gives back what it held`() async throws {
        try await TestServer.run { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            try await client.open(1, GRPCClient.headers())
            try await client.data(1, GRPCClient.framed([1], claims: 2))
            try await client.write(1, .rstStream(.cancel))
            #expect(try await client.call(3, GRPCClient.framed([1]))["grpc-status"] == "0")
            #expect(server.server.admission.usage.byteCount == 0)
            #expect(server.count(.grpc, .traces, "CANCELLED") == 1)
            await client.close()
        }
    }

    @Test func `a broken stream does not end the others`() async throws {
        try await TestServer.run { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            try await client.open(1, GRPCClient.headers())
            // Without a path: an error of this stream.
            try await client.open(3, HPACKHeaders([(":method", "POST"), (":scheme", "http")]))
            #expect(try await client.answer(3).reset != nil)
            try await client.data(1, GRPCClient.framed([1]), endStream: true)
            #expect(try await client.answer(1)["grpc-status"] == "0")
            await client.close()
        }
    }
}

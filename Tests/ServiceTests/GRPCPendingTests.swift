import MetricModel
import NIOCore
import NIOHTTP2
import OTLP
import Service
import Testing

@Suite(.serialized) struct GRPCPendingTests {
    private static func open(_ client: GRPCClient, _ streams: [Int]) async throws {
        for stream in streams {
            try await client.open(stream, GRPCClient.headers())
            try await client.data(stream, GRPCClient.framed([UInt8(stream)]), endStream: true)
        }
    }

    @Test func `calls are answered as their outcomes come`() async throws {
        try await TestServer.run(sink: .holding) { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            try await Self.open(client, [1, 3, 5, 7])
            try await server.sink.wait(4)
            // The bytes are given back when they are handed over.
            try await eventually("the bytes are given back") { server.server.admission.usage.byteCount == 0 }
            server.sink.answer([2])
            #expect(try await client.answer(5)["grpc-status"] == "0")
            #expect(server.count(.grpc, .traces, "OK") == 1)
            server.sink.answer([3, 0, 1]) { number in
                number == 0 ? .unavailable(reason: "no room", retryAfterSeconds: 5) : .accepted
            }
            #expect(try await client.answer(1)["grpc-status"] == "14")
            #expect(try await client.answer(3)["grpc-status"] == "0")
            #expect(try await client.answer(7)["grpc-status"] == "0")
            #expect(server.count(.grpc, .traces, "OK") == 3)
            #expect(server.count(.grpc, .traces, "UNAVAILABLE") == 1)
            await client.close()
        }
    }

    @Test func `a call that is reset while it waits is counted as cancelled`() async throws {
        try await TestServer.run(sink: .holding) { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            try await Self.open(client, [1, 3])
            try await server.sink.wait(2)
            try await client.write(1, .rstStream(.cancel))
            try await eventually("the call is cancelled") {
                server.count(.grpc, .traces, "CANCELLED") == 1
            }
            server.sink.answer([0, 1])
            #expect(try await client.answer(3)["grpc-status"] == "0")
            #expect(server.count(.grpc, .traces, "OK") == 1)
            await client.close()
        }
    }

    @Test func `a call that does not come whole is ended while another waits`() async throws {
        try await TestServer.run({ $0.requestDeadline = TestServer.requestTime }, sink: .holding) { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            try await Self.open(client, [1])
            try await server.sink.wait(1)
            let silent = try await RawClient.connect(server.httpPort)
            #expect(try await silent.receiveAll().isEmpty)
            try await client.open(3, GRPCClient.headers())
            try await client.data(3, GRPCClient.framed([1], claims: 2))
            #expect(try await client.answer(3)["grpc-status"] == "4")
            #expect(server.ends(.grpc, .slowRequest) == 1)
            server.sink.answer([0])
            #expect(try await client.answer(1)["grpc-status"] == "0")
            await client.close()
            await silent.close()
        }
    }

    @Test func `a peer that says goodbye gets the answers of its open calls`() async throws {
        try await TestServer.run(sink: .holding) { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            try await Self.open(client, [1, 3])
            try await server.sink.wait(2)
            try await client.write(0, .goAway(lastStreamID: 0, errorCode: .noError, opaqueData: nil))
            server.sink.answer([1, 0])
            #expect(try await client.answer(3)["grpc-status"] == "0")
            #expect(try await client.answer(1)["grpc-status"] == "0")
            #expect(try await client.wait { $0.isClosed }.isClosed)
            await client.close()
        }
    }
}

import MetricModel
import NIOCore
import OTLP
import Service
import Testing

@Suite struct `The HTTP port` {
    @Test func `takes gRPC as well`() async throws {
        try await TestServer.run { server in
            let client = try await GRPCClient.connect(server.httpPort)
            for stream in [1, 3] {
                let call = try await client.call(stream, GRPCClient.framed([1, 2, 3]))
                #expect(call["grpc-status"] == "0")
            }
            await client.close()
            #expect(server.count(.grpc, .traces, "OK") == 2)
        }
    }

    /// Both begin alike for two bytes; the rest comes later.
    @Test(arguments: [
        (" * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0", "\0\0"),
        ("OPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404"),
    ])
    func `waits for enough to tell`(rest: String, answer: String) async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send("P")
            try await client.send("R")
            try await client.send(rest.hasPrefix(" ") ? "I" + rest : rest)
            let wanted = Array(answer.utf8)
            let bytes = try await client.receive { $0.count >= wanted.count }
            #expect(Array(bytes.prefix(wanted.count)) == wanted)
            await client.close()
        }
    }

    @Test func `answers a beginning that never goes on`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send("PR")
            try await client.endOutput()
            let bytes = try await client.receiveAll()
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 400") || bytes.isEmpty)
            await client.close()
        }
    }

    @Test func `gives up a beginning that is never told`() async throws {
        try await TestServer.run {
            $0.requestDeadline = .milliseconds(50)
        } _: { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send("PR")
            let bytes = try await client.receiveAll()
            #expect(bytes.isEmpty)
            #expect(server.ends(.http, .noRequest) == 1)
        }
    }
}

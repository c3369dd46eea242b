import MetricModel
import NIOCore
import OTLP
import Testing

@testable import Service

private func request(_ body: [UInt8]) -> [UInt8] {
    HTTPCase.post("Content-Type: application/x-protobuf", "Content-Length: \(body.count)").utf8 + body
}

@Suite(.serialized) struct HTTPPendingEndTests {
    @Test func `a drain waits for the answers`() async throws {
        let sink = FakeSink.holding
        let server = try await Server.start(
            TestServer.freePorts, sink: sink, scrape: FakeScrape(), requestMetrics: RequestMetrics(),
            log: TestServer.quiet
        )
        let client = try await RawClient.connect(server.bound.http.port)
        let grpc = try await GRPCClient.connect(server.bound.grpc.port)
        try await client.send(request([0]) + request([1]))
        try await grpc.open(1, GRPCClient.headers())
        try await grpc.data(1, GRPCClient.framed([2]), endStream: true)
        try await sink.wait(3)
        async let drained: Void = server.drain(grace: .seconds(300))
        #expect(try await grpc.wait { $0.goAway != nil }.goAway?.last == 1)
        sink.answer([2, 1, 0])
        let responses = try await client.responses(2)
        #expect(responses.map(\.status) == [200, 200])
        #expect(responses.map { $0.headers["connection"] } == [nil, "close"])
        #expect(try await client.receiveAll().isEmpty)
        #expect(try await grpc.answer(1)["grpc-status"] == "0")
        #expect(try await grpc.wait { $0.isClosed }.isClosed)
        await client.close()
        await drained
        #expect(server.receiverGate.connectionCount == 0)
    }

    @Test func `a drain cuts off what is not answered within its grace`() async throws {
        let sink = FakeSink.holding
        let server = try await Server.start(
            TestServer.freePorts, sink: sink, scrape: FakeScrape(), requestMetrics: RequestMetrics(),
            log: TestServer.quiet
        )
        let client = try await RawClient.connect(server.bound.http.port)
        try await client.send(request([0]))
        try await sink.wait(1)
        await server.drain(grace: .milliseconds(50))
        #expect(try await client.receiveAll().isEmpty)
        await client.close()
    }

    @Test func `the outcome of a connection that is gone is dropped`() async throws {
        try await TestServer.run(sink: .holding) { server in
            let http = try await RawClient.connect(server.httpPort)
            let grpc = try await GRPCClient.connect(server.grpcPort)
            try await http.send(request([0]) + request([1]))
            // Connections are served side by side: without this wait the call could come first.
            try await server.sink.wait(2)
            try await grpc.open(1, GRPCClient.headers())
            try await grpc.data(1, GRPCClient.framed([2]), endStream: true)
            try await server.sink.wait(3)
            server.sink.answer([1])
            try await http.reset()
            await grpc.close()
            try await eventually("both connections are gone") {
                server.server.receiverGate.connectionCount == 0
            }
            server.sink.answer([0, 2])
            // Behind the outcomes on the same loops: new connections, as many as there are loops.
            for number in 0..<System.coreCount {
                let client = try await RawClient.connect(server.httpPort)
                try await client.send(request([1]))
                try await server.sink.wait(4 + number)
                server.sink.answer([3 + number])
                #expect(try await client.responses().map(\.status) == [200])
                await client.close()
            }
            #expect(server.count(.httpProtobuf, .traces, "200") == UInt64(System.coreCount))
            #expect(server.count(.grpc, .traces, "OK") == 0)
        }
    }

    @Test func `time limits are for the peer, not for us`() async throws {
        try await TestServer.run(
            {
                $0.requestDeadline = TestServer.requestTime
                $0.idleDeadline = .milliseconds(500)
            }, sink: .holding
        ) { server in
            // One waits between requests, one with a request begun and unread, one over gRPC.
            let http = try await RawClient.connect(server.httpPort)
            try await http.send(request([0]))
            try await server.sink.wait(1)
            let full = try await RawClient.connect(server.httpPort)
            let many = (0..<AnswerQueue.countMax).flatMap { _ in request([1]) }
            try await full.send(many + request([1, 2]).dropLast())
            try await server.sink.wait(1 + AnswerQueue.countMax)
            let grpc = try await GRPCClient.connect(server.grpcPort)
            try await grpc.open(1, GRPCClient.headers())
            try await grpc.data(1, GRPCClient.framed([2]), endStream: true)
            let count = 2 + AnswerQueue.countMax
            try await server.sink.wait(count)
            let silent = try await RawClient.connect(server.httpPort)
            #expect(try await silent.receiveAll().isEmpty)
            await silent.close()
            #expect(server.ends(.http, .idle) == 0)
            #expect(server.ends(.http, .slowRequest) == 0)
            server.sink.answer(Array(0..<count))
            #expect(try await http.responses().map(\.status) == [200])
            let statuses = try await full.responses(AnswerQueue.countMax).map(\.status)
            #expect(statuses.allSatisfy { $0 == 200 })
            #expect(try await grpc.answer(1)["grpc-status"] == "0")
            #expect(server.ends(.http, .noRequest) == 1)
            // From now on the peer's time runs again.
            #expect(try await http.receiveAll().isEmpty)
            #expect(try await full.responses().map(\.status) == [408])
            #expect(try await grpc.wait { $0.isClosed }.goAway?.last == 1)
            #expect(server.ends(.http, .idle) == 1)
            #expect(server.ends(.http, .slowRequest) == 1)
            for client in [http, full] { await client.close() }
        }
    }
}

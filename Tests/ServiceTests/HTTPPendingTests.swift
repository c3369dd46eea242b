import MetricModel
import NIOCore
import OTLP
import SeededRandom
import Testing

@testable import Service

private let protobuf = "Content-Type: application/x-protobuf"

private func request(_ body: [UInt8], _ headers: String...) -> [UInt8] {
    let lines = [protobuf, "Content-Length: \(body.count)"] + headers
    let head = "POST /v1/traces HTTP/1.1\r\nHost: x\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
    return Array(head.utf8) + body
}

/// An outcome that tells which request it belongs to.
private func numbered(_ number: Int) -> ExportOutcome {
    .partial(rejected: number + 1, message: "request \(number)")
}

private func isNumbered(_ response: TestResponse, _ number: Int) -> Bool {
    response.status == 200
        && response.body == Answers.partial(rejected: number + 1, message: "request \(number)")
}

@Suite(.serialized) struct HTTPPendingTests {
    @Test func `outcomes in any order are answered in the order of the requests`() async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed of the order of outcomes: \(seed)")
        var random = SeededRandom(seed: seed)
        for _ in 0..<20 {
            let count = Int.random(in: 1...AnswerQueue.countMax, using: &random)
            var order = Array(0..<count)
            order.shuffle(using: &random)
            try await TestServer.run(sink: .holding) { server in
                let client = try await RawClient.connect(server.httpPort)
                for number in 0..<count { try await client.send(request([UInt8(number)])) }
                try await server.sink.wait(count)
                #expect(server.sink.bodies == (0..<count).map { [UInt8($0)] })
                while !order.isEmpty {
                    let batch = order.prefix(Int.random(in: 1...4, using: &random))
                    server.sink.answer(Array(batch), numbered)
                    order.removeFirst(batch.count)
                }
                let responses = try await client.responses(count)
                for (number, response) in responses.enumerated() { #expect(isNumbered(response, number)) }
                #expect(responses.allSatisfy { $0.headers["connection"] == nil })
                await client.close()
            }
        }
    }

    @Test func `the answers of several connections are delivered together`() async throws {
        try await TestServer.run(sink: .holding) { server in
            var clients: [RawClient] = []
            for number in 0..<6 {
                clients.append(try await RawClient.connect(server.httpPort))
                try await clients[number].send(request([1]) + request([2]))
            }
            try await server.sink.wait(12)
            server.sink.answer(Array(0..<12).reversed())
            for client in clients {
                #expect(try await client.responses(2).map(\.status) == [200, 200])
                await client.close()
            }
        }
    }

    @Test func `what is known at once waits for the answers before it`() async throws {
        try await TestServer.run(sink: .holding) { server in
            let client = try await RawClient.connect(server.httpPort)
            let missing = HTTPCase.post(protobuf, "Content-Length: 2", path: "/v1/nothing").utf8 + [1, 2]
            let corrupt = request([1, 2, 3], "Content-Encoding: gzip")
            try await client.send(
                request([0]) + missing + corrupt + request([1]) + Array("garbage\r\n\r\n".utf8))
            try await server.sink.wait(2)
            server.sink.answer([1])
            server.sink.answer([0], numbered)
            let responses = try await client.responses(5)
            #expect(responses.map(\.status) == [200, 404, 400, 200, 400])
            #expect(isNumbered(responses[0], 0))
            #expect(responses[4].headers["connection"] == "close")
            #expect(try await client.receiveAll().isEmpty)
            await client.close()
        }
    }

    @Test func `a request is counted when its answer is written`() async throws {
        try await TestServer.run(sink: .holding) { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(request([0]) + request([1]))
            try await server.sink.wait(2)
            // The bytes are given back when they are handed over.
            try await eventually("the bytes are given back") { server.server.admission.usage.byteCount == 0 }
            #expect(server.count(.httpProtobuf, .traces, "200") == 0)
            server.sink.answer([1]) { _ in .unavailable(reason: "no room", retryAfterSeconds: 5) }
            server.sink.answer([0])
            #expect(try await client.responses(2).map(\.status) == [200, 503])
            #expect(server.count(.httpProtobuf, .traces, "200") == 1)
            #expect(server.count(.httpProtobuf, .traces, "503") == 1)
            await client.close()
        }
    }

    @Test func `a connection with as many unanswered requests as may be is not read from`() async throws {
        // As large as a read can be, so that a read ends at most one request.
        let count = 80
        let body = [UInt8](repeating: 7, count: 256 << 10)
        try await TestServer.run(sink: .holding) { server in
            let client = try await RawClient.connect(server.httpPort)
            async let sent: Void = client.send((0..<count).flatMap { _ in request(body) })
            for number in 0..<count {
                try await server.sink.wait(min(count, number + AnswerQueue.countMax))
                server.sink.answer([number], numbered)
            }
            try await sent
            let responses = try await client.responses(count)
            for (number, response) in responses.enumerated() { #expect(isNumbered(response, number)) }
            // The request whose end came with the last read that was let through.
            #expect(server.sink.waitingCountMax <= AnswerQueue.countMax + 1)
            await client.close()
        }
    }

    @Test(arguments: [1, 3, 40])
    func `a peer that closes its half gets all its answers`(count: Int) async throws {
        try await TestServer.run(sink: .holding) { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send((0..<count).flatMap { request([UInt8($0)]) })
            try await client.endOutput()
            try await server.sink.wait(count)
            server.sink.answer(Array(0..<count).reversed(), numbered)
            let responses = try await client.responses(count)
            for (number, response) in responses.enumerated() { #expect(isNumbered(response, number)) }
            #expect(try await client.receiveAll().isEmpty)
            await client.close()
        }
    }

    @Test(arguments: [
        ("1.1", "Connection: close", "close"), ("1.0", "A: b", "close"),
        ("1.0", "Connection: keep-alive", "keep-alive"),
    ])
    func `what a request says of its connection holds after a wait`(
        version: String, header: String, wanted: String
    ) async throws {
        try await TestServer.run(sink: .holding) { server in
            let client = try await RawClient.connect(server.httpPort)
            let last = HTTPCase.post(protobuf, "Content-Length: 1", header, version: version).utf8 + [1]
            try await client.send(request([0]) + last)
            try await server.sink.wait(2)
            server.sink.answer([1, 0])
            let responses = try await client.responses(2)
            #expect(responses.map { $0.headers["connection"] } == [nil, wanted])
            if wanted == "close" {
                #expect(try await client.receiveAll().isEmpty)
            } else {
                try await client.send(request([2]))
                try await server.sink.wait(3)
                server.sink.answer([2])
                #expect(try await client.responses().map(\.status) == [200])
            }
            await client.close()
        }
    }

    @Test func `100-continue does not overtake an answer`() async throws {
        try await TestServer.run(sink: .holding) { server in
            let client = try await RawClient.connect(server.httpPort)
            let head = HTTPCase.post(protobuf, "Expect: 100-continue", "Content-Length: 3")
            try await client.send(request([0]) + Array(head.utf8))
            try await server.sink.wait(1)
            server.sink.answer([0])
            #expect(try await client.responses(2).map(\.status) == [200, 100])
            try await client.send([1, 2, 3])
            try await server.sink.wait(2)
            server.sink.answer([1])
            #expect(try await client.responses().map(\.status) == [200])
            await client.close()
        }
    }

    @Test func `who sends its body without waiting for the 100 gets none`() async throws {
        try await TestServer.run(sink: .holding) { server in
            let client = try await RawClient.connect(server.httpPort)
            try await client.send(request([0]) + request([1], "Expect: 100-continue"))
            try await server.sink.wait(2)
            server.sink.answer([0, 1])
            #expect(try await client.responses(2).map(\.status) == [200, 200])
            await client.close()
        }
    }
}

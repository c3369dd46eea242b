import Delivery
import TestServer
import Testing

@Suite struct GRPCCallTests {
    let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"

    func call(_ server: TestServer, message: [UInt8] = [1, 2, 3]) throws(DeliveryError) -> GRPCAnswer {
        var client = try HTTPClient(userAgent: "spanmeter/test")
        return try client.call(GRPCCall(server: server.url, path: path, message: message))
    }

    @Test func `a call is one frame over HTTP/2 and its status comes from the trailers`() throws {
        let server = try TestServer { _ in
            .answer(
                status: 200, headers: [("content-type", "application/grpc")], body: [0, 0, 0, 0, 2, 8, 9],
                trailers: [("grpc-status", "0")])
        }
        defer { server.stop() }
        let answer = try call(server)
        #expect(answer.status == 0)
        #expect(answer.statusMessage == "")
        #expect(answer.message == [8, 9])
        let request = try #require(server.requests.first)
        #expect(request.isHTTP2)
        #expect(request.method == "POST")
        #expect(request.path == path)
        #expect(request["te"] == "trailers")
        #expect(request["content-type"] == "application/grpc")
        #expect(request.body == [0, 0, 0, 0, 3, 1, 2, 3])
    }

    @Test func `one client makes calls and HTTP requests to one port in any order`() throws {
        let server = try TestServer { _ in
            .answer(status: 200, headers: [("grpc-status", "0")])
        }
        defer { server.stop() }
        var client = try HTTPClient(userAgent: "spanmeter/test")
        for _ in 0..<2 {
            #expect(try client.send(HTTPRequest(.post, server.url, body: [1])).status == 200)
            #expect(try client.call(GRPCCall(server: server.url, path: path, message: [1])).status == 0)
            #expect(try client.call(GRPCCall(server: server.url, path: path, message: [1])).status == 0)
        }
        #expect(server.requests.map(\.isHTTP2) == [false, true, true, false, true, true])
    }

    @Test func `a large message arrives whole`() throws {
        let server = try TestServer { _ in .answer(status: 200, trailers: [("grpc-status", "0")]) }
        defer { server.stop() }
        let message = (0..<500_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try call(server, message: message).status == 0)
        #expect(server.requests.first?.body.dropFirst(5).elementsEqual(message) == true)
    }

    @Test func `a refusal without a message has status, text and delay`() throws {
        // google.rpc.Status {details: [Any {google.rpc.RetryInfo {retry_delay {seconds: 2, nanos: 500000000}}}]}
        let details = "GjYKKHR5cGUuZ29vZ2xlYXBpcy5jb20vZ29vZ2xlLnJwYy5SZXRyeUluZm8SCgoICAIQgMq17gE"
        let server = try TestServer { _ in
            .answer(
                status: 200,
                headers: [
                    ("content-type", "application/grpc"), ("grpc-status", "14"),
                    ("grpc-message", "no%2C later%"),
                    ("grpc-status-details-bin", details),
                ])
        }
        defer { server.stop() }
        let answer = try call(server)
        #expect(answer.status == 14)
        #expect(GRPCAnswer.statusName(answer.status) == "UNAVAILABLE")
        #expect(answer.statusMessage == "no, later%")
        #expect(answer.message == nil)
        #expect(answer.retryDelay == .milliseconds(2_500))
    }

    @Test(arguments: [
        (ServerAnswer.answer(status: 404), "HTTP status 404 and no grpc-status"),
        (
            .answer(status: 200, body: [0, 0, 0], trailers: [("grpc-status", "0")]),
            "the answer's frame is cut or compressed"
        ),
        (
            .answer(status: 200, body: [1, 0, 0, 0, 0], trailers: [("grpc-status", "0")]),
            "the answer's frame is cut or compressed"
        ),
        (
            .answer(status: 200, body: [0, 0, 0, 0, 9, 1], trailers: [("grpc-status", "0")]),
            "the answer's frame has 1 of 9 bytes"
        ),
    ])
    func `an answer that is not gRPC is an error`(answer: ServerAnswer, reason: String) throws {
        let server = try TestServer { _ in answer }
        defer { server.stop() }
        let name = server.url
        #expect(throws: DeliveryError.notGRPC(server: name, reason: reason)) { try call(server) }
    }

    @Test func `a server of HTTP 1 is an error`() throws {
        let server = try TestServer { _ in .raw("HTTP/1.1 400 Bad Request\r\n\r\n") }
        defer { server.stop() }
        #expect(throws: DeliveryError.self) { try call(server) }
    }

    @Test(arguments: [
        ([], 0, ""), ([0x0a, 0x02, 0x08, 0x05], 5, ""), ([0x0a, 0x04, 0x12, 0x02, 0x6e, 0x6f], 0, "no"),
        ([0x0a, 0x06, 0x08, 0x80, 0x01, 0x12, 0x01, 0x61], 128, "a"), ([0x0a, 0x7f, 0x08], 0, ""),
        ([0xff], 0, ""),
        ([0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x0a, 0x02, 0x08, 0x01], 1, ""),
    ])
    func `a partial success is read, and what is none says nothing`(
        bytes: [UInt8], rejected: Int, message: String
    ) {
        #expect(ExportAnswer(protobuf: bytes) == ExportAnswer(rejected: rejected, message: message))
    }
}

import Foundation
import Synchronization
import TestServer
import Testing

@Suite struct ReplayCommandTests {
    static let gzip: [UInt8] = [0x1f, 0x8b, 0x08, 0x00]

    /// Two runs with four captures, in an order that only numbers give, among files that are none.
    func captures() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write([1], to: "in/run2/000.bin")
        try directory.write(
            """
            {"seq": 0, "transport": "http", "path": "/v1/logs",
             "headers": [["CONTENT-type", "application/x-protobuf"], ["Content-Length", "1"], ["X-Tenant", "a"]]}
            """, to: "in/run2/000.json")
        try directory.write(Self.gzip, to: "in/run2/2.bin")
        try directory.write(Array(" {\"resourceSpans\":[]}".utf8), to: "in/run10/9.bin")
        try directory.write([4, 4], to: "in/run10/010.bin")
        try directory.write(
            """
            {"transport": "grpc", "path": "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
             "headers": {"user-agent": "x"}}
            """, to: "in/run10/010.json")
        try directory.write("<xml/>", to: "in/run10/report.xml")
        try directory.write("{}", to: "in/run10/truth.json")
        try directory.write([9], to: "in/run10/model.bin")
        return directory
    }

    @Test func `captures are sent in numeric order, as they came or as they look`() throws {
        let server = try TestServer { _ in .answer(status: 200) }
        defer { server.stop() }
        let result = try spanmeter("replay", "in", "--to", server.url + "/", in: captures())
        #expect(result.code == 0)
        #expect(result.errors == "")
        let requests = server.requests
        #expect(requests.map(\.path) == ["/v1/logs", "/v1/traces", "/v1/traces", "/v1/metrics"])
        #expect(requests.map { $0.body.first } == [1, 0x1f, UInt8(ascii: " "), 4])
        #expect(
            requests.map { $0["content-type"] } == [
                "application/x-protobuf", "application/x-protobuf", "application/json",
                "application/x-protobuf",
            ])
        #expect(requests.map { $0["content-encoding"] } == [nil, "gzip", nil, nil])
        #expect(requests.allSatisfy { $0.method == "POST" && !$0.isHTTP2 })
        #expect(requests[0]["user-agent"]?.hasPrefix("spanmeter/") == true)
        let lines = result.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("4 requests, 28 bytes, ") == true)
        #expect(lines.dropFirst() == ["answers: 4 × 200"])
    }

    @Test func `captures of gRPC go to the gRPC receiver where one is named`() throws {
        let server = try TestServer { request in
            request.isHTTP2
                ? .answer(
                    status: 200, body: [0, 0, 0, 0, 4, 0x0a, 2, 8, 7], trailers: [("grpc-status", "0")])
                : .answer(status: 200)
        }
        defer { server.stop() }
        let address = "127.0.0.1:\(server.port)"
        let result = try spanmeter(
            "replay", "in/run10", "--to", server.url, "--grpc", address, in: captures())
        #expect(result.code == 0)
        #expect(server.requests.map(\.isHTTP2) == [false, true])
        let request = try #require(server.requests.last)
        #expect(request.path == "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")
        #expect(request.body == [0, 0, 0, 0, 2, 4, 4])
        #expect(result.output.contains("\nanswers: 1 × 200, 1 × OK\nrejected: 7 spans in 1 request\n"))
    }

    @Test func `everything is sent as often as asked`() throws {
        let server = try TestServer { _ in .answer(status: 200) }
        defer { server.stop() }
        let arguments = ["replay", "in", "--repeat", "3", "--rate", "1e6", "--to", server.url]
        let result = try spanmeter(arguments, in: captures())
        #expect(result.code == 0)
        #expect(server.requests.count == 12)
        #expect(server.requests.prefix(4).map(\.path) == server.requests.suffix(4).map(\.path))
    }

    @Test func `files that are named are sent in their order, others are counted`() throws {
        let server = try TestServer { _ in .answer(status: 200) }
        defer { server.stop() }
        let directory = try captures()
        try directory.write("{}", to: "single.json")
        let files = [
            "in/run2/2.bin", "in/run2/000.bin", "in/run2/000.json", "in/run10/report.xml", "single.json",
        ]
        let result = try spanmeter(["replay", "--to", server.url] + files, in: directory)
        #expect(result.code == 0)
        #expect(server.requests.map { $0.body.count } == [4, 1, 2])
        #expect(result.output.contains("\nskipped files that are no captures: 2\n"))
    }

    @Test(arguments: [429, 503])
    func `a receiver that is busy is asked again after the time it names`(status: Int) throws {
        let count = Mutex(0)
        let server = try TestServer { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return number < 3
                ? .answer(status: status, headers: [("Retry-After", "0")]) : .answer(status: 200)
        }
        defer { server.stop() }
        let result = try spanmeter("replay", "in/run2/2.bin", "--to", server.url, in: captures())
        #expect(result.code == 0)
        #expect(server.requests.map(\.body) == [Self.gzip, Self.gzip, Self.gzip])
        #expect(result.output.contains("\nanswers: 1 × 200\nsent again on request: 2\n"))
    }

    @Test func `a receiver that stays busy is given up`() throws {
        let server = try TestServer { _ in .answer(status: 503, headers: [("Retry-After", "0")]) }
        defer { server.stop() }
        let result = try spanmeter("replay", "in/run2/2.bin", "--to", server.url, in: captures())
        #expect(result.code == 1)
        #expect(server.requests.count == 6)
        #expect(result.output.contains("\nrefused: 1 request\n  in/run2/2.bin: 503\n"))
    }

    @Test func `a wait beyond the limit is not begun`() throws {
        let server = try TestServer { _ in .answer(status: 503, headers: [("Retry-After", "61")]) }
        defer { server.stop() }
        let result = try spanmeter("replay", "in/run2/2.bin", "--to", server.url, in: captures())
        #expect(result.code == 1)
        #expect(server.requests.count == 1)
    }

    @Test func `a busy gRPC receiver is asked again after the delay in its details`() throws {
        // google.rpc.Status with a google.rpc.RetryInfo without a delay, which is a delay of zero.
        let details = "Gi4KKHR5cGUuZ29vZ2xlYXBpcy5jb20vZ29vZ2xlLnJwYy5SZXRyeUluZm8SAgoA"
        let server = try TestServer { _ in
            .answer(
                status: 200,
                headers: [
                    ("grpc-status", "14"), ("grpc-message", "full"), ("grpc-status-details-bin", details),
                ])
        }
        defer { server.stop() }
        let address = "127.0.0.1:\(server.port)"
        let result = try spanmeter("replay", "in/run10/010.bin", "--grpc", address, in: captures())
        #expect(result.code == 1)
        #expect(result.errors == "")
        #expect(server.requests.count == 6)
        #expect(result.output.contains("\n  in/run10/010.bin: UNAVAILABLE, full\n"))
    }

    @Test func `refusals are listed with the receiver's words, and the rest is sent all the same`() throws {
        // google.rpc.Status {code: 3, message: "bad \u{1b}[1m"}
        let status: [UInt8] = [8, 3, 0x12, 8] + Array("bad \u{1b}[1m".utf8)
        let server = try TestServer { request in
            switch request.path {
            case "/v1/logs": .answer(status: 404, body: Array("no logs\nhere".utf8))
            case "/v1/metrics":
                .answer(status: 400, headers: [("content-type", "application/x-protobuf")], body: status)
            default: .answer(status: 200)
            }
        }
        defer { server.stop() }
        let result = try spanmeter("replay", "in", "--to", server.url, in: captures())
        #expect(result.code == 1)
        #expect(result.errors == "")
        #expect(
            result.output.hasSuffix(
                """
                answers: 2 × 200, 1 × 400, 1 × 404
                refused: 2 requests
                  in/run2/000.bin: 404, no logs here
                  in/run10/010.bin: 400, bad  [1m

                """))
    }

    @Test func `partial rejections are added up, of protobuf and of JSON`() throws {
        let partial: [UInt8] = [0x0a, 8, 8, 2, 0x12, 4] + Array("zero".utf8)
        let json = #"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"three"}}"#
        let server = try TestServer { request in
            request["content-type"] == "application/json"
                ? .answer(
                    status: 200, headers: [("content-type", "application/json")], body: Array(json.utf8))
                : .answer(status: 200, headers: [("content-type", "application/x-protobuf")], body: partial)
        }
        defer { server.stop() }
        let result = try spanmeter("replay", "in", "--to", server.url, in: captures())
        #expect(result.code == 0)
        #expect(result.output.hasSuffix("answers: 4 × 200\nrejected: 9 spans in 4 requests: zero\n"))
    }

    @Test func `a receiver that is not there is one clear line`() throws {
        let server = try TestServer { _ in .hangUp }
        server.stop()
        let result = try spanmeter("replay", "in", "--to", server.url, in: captures())
        #expect(result.code == 1)
        #expect(result.output == "")
        #expect(result.errors == "spanmeter: cannot reach \(server.url): connection refused\n")
    }

    @Test func `a receiver that goes away leaves the summary of what was sent`() throws {
        let server = try TestServer { $0.path == "/v1/metrics" ? .hangUp : .answer(status: 200) }
        defer { server.stop() }
        let result = try spanmeter("replay", "in", "--to", server.url, in: captures())
        #expect(result.code == 1)
        #expect(result.output.hasPrefix("3 requests, "))
        #expect(result.errorLines.count == 1)
        #expect(result.errors.hasPrefix("spanmeter: the exchange with \(server.url) failed: "))
    }

    @Test(arguments: [
        (["in/none"], "'in/none' does not exist; wanted a capture or a directory of captures"),
        (["empty"], "no capture in empty; wanted files such as 000.bin"),
        (["in/run10/report.xml"], "no capture in in/run10/report.xml; wanted files such as 000.bin"),
        (
            ["in", "--to", "localhost"],
            "'localhost/v1/logs' is no URL to send to (bad scheme); wanted one such as http://localhost:4318"
        ),
    ])
    func `what cannot be sent is wrong usage`(arguments: [String], message: String) throws {
        let directory = try captures()
        try directory.write("", to: "empty/readme")
        let result = try spanmeter(["replay"] + arguments, in: directory)
        #expect(result.code == 2)
        #expect(result.errors == "spanmeter: \(message)\n")
    }

    @Test func `a description that is none is an error before anything is sent`() throws {
        let server = try TestServer { _ in .answer(status: 200) }
        defer { server.stop() }
        let directory = try captures()
        try directory.write("[]", to: "in/run10/010.json")
        let result = try spanmeter("replay", "in", "--to", server.url, in: directory)
        #expect(result.code == 1)
        #expect(
            result.errors
                == "spanmeter: in/run10/010.json does not describe a capture; wanted JSON with transport, path and "
                + "headers\n")
        #expect(server.requests.isEmpty)
    }

    @Test func `the captures of a real suite are sent whole`() throws {
        let server = try TestServer { request in
            request.isHTTP2
                ? .answer(status: 200, trailers: [("grpc-status", "0")]) : .answer(status: 200)
        }
        defer { server.stop() }
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/skill-routing").path
        let result = try spanmeter(
            "replay", fixtures, "--to", server.url, "--grpc", "127.0.0.1:\(server.port)")
        #expect(result.code == 0)
        let sent = server.requests.reduce(into: 0) { $0 += $1.body.count - ($1.isHTTP2 ? 5 : 0) }
        let names = try FileManager.default.subpathsOfDirectory(atPath: fixtures).filter {
            $0.hasSuffix(".bin")
        }
        let stored = names.reduce(into: 0) { total, name in
            total += FileManager.default.contents(atPath: fixtures + "/" + name)?.count ?? 0
        }
        #expect(server.requests.count == names.count)
        #expect(sent == stored)
        #expect(Set(server.requests.map(\.isHTTP2)) == [true, false])
    }
}

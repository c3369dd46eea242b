import Gzipped
import MetricModel
import NIOCore
import NIOHPACK
import NIOHTTP2
import OTLP
import Service
import Testing

/// One call and how it ends.
struct GRPCCase: Sendable, CustomTestStringConvertible {
    var name: String
    var headers = GRPCClient.headers()
    var bytes: [UInt8]
    var status: Answers.StatusCode
    var message = ""
    var details: [String] = []
    var outcome = ExportOutcome.accepted

    var testDescription: String { name }
}

@Suite(.serialized) struct GRPCReceiverTests {
    static let gzip = Gzipped.member(Array("abc".utf8))
    static let metricsPath = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"

    static let cases: [GRPCCase] = [
        GRPCCase(name: "a message", bytes: GRPCClient.framed([1, 2, 3]), status: .ok),
        GRPCCase(name: "an empty message", bytes: GRPCClient.framed([]), status: .ok),
        GRPCCase(
            name: "gzip", headers: GRPCClient.headers(encoding: "gzip"),
            bytes: GRPCClient.framed(gzip, flag: 1),
            status: .ok
        ),
        GRPCCase(
            name: "gzip named and not used", headers: GRPCClient.headers(encoding: "gzip"),
            bytes: GRPCClient.framed([1, 2, 3]), status: .ok
        ),
        GRPCCase(
            name: "identity", headers: GRPCClient.headers(encoding: "identity"),
            bytes: GRPCClient.framed([1]), status: .ok
        ),
        GRPCCase(
            name: "a type with a suffix", headers: GRPCClient.headers(type: "application/grpc+proto"),
            bytes: GRPCClient.framed([1]), status: .ok
        ),
        GRPCCase(
            name: "partial", bytes: GRPCClient.framed([1]), status: .ok,
            outcome: .partial(rejected: 1, message: "bad id")
        ),
        GRPCCase(
            name: "unknown method", headers: GRPCClient.headers(path: "/a.B/C"),
            bytes: GRPCClient.framed([1]),
            status: .unimplemented,
            message:
                "method is not known, traces go to /opentelemetry.proto.collector.trace.v1.TraceService/Export"
        ),
        GRPCCase(
            name: "metrics", headers: GRPCClient.headers(path: metricsPath), bytes: GRPCClient.framed([1]),
            status: .unimplemented, message: "metrics are not taken here, only traces are"
        ),
        GRPCCase(
            name: "unknown encoding", headers: GRPCClient.headers(encoding: "zstd"),
            bytes: GRPCClient.framed([1], flag: 1),
            status: .unimplemented, message: "grpc-encoding 'zstd' is not supported, wanted gzip or identity"
        ),
        GRPCCase(
            name: "compressed without an encoding", bytes: GRPCClient.framed([1], flag: 1), status: .internal,
            message: "message is compressed, but the request names no grpc-encoding"
        ),
        GRPCCase(
            name: "a flag that is none", bytes: GRPCClient.framed([1], flag: 2), status: .internal,
            message: "message has compressed flag 2, wanted 0 or 1"
        ),
        GRPCCase(
            name: "too large", bytes: GRPCClient.framed([UInt8](repeating: 1, count: 1_001)),
            status: .resourceExhausted,
            message: "message is over 1000 bytes"
        ),
        GRPCCase(
            name: "said to be too large", bytes: GRPCClient.framed([1], claims: 0xffff_ffff),
            status: .resourceExhausted,
            message: "message is over 1000 bytes"
        ),
        GRPCCase(
            name: "too large when decompressed", headers: GRPCClient.headers(encoding: "gzip"),
            bytes: GRPCClient.framed(HTTPReceiverTests.over, flag: 1), status: .resourceExhausted,
            message: "message is over 1000 bytes"
        ),
        GRPCCase(
            name: "damaged gzip", headers: GRPCClient.headers(encoding: "gzip"),
            bytes: GRPCClient.framed([1, 2, 3], flag: 1), status: .invalidArgument,
            message: "gzip body is damaged: incorrect header check", details: ["BadRequest"]
        ),
        GRPCCase(
            name: "two messages", bytes: GRPCClient.framed([1]) + GRPCClient.framed([2]),
            status: .invalidArgument,
            message: "request has more than one message, wanted one"
        ),
        GRPCCase(
            name: "cut message", bytes: GRPCClient.framed([1], claims: 2), status: .internal,
            message: "message ends after 1 bytes, wanted 2"
        ),
        GRPCCase(
            name: "cut head", bytes: [0, 0, 0], status: .internal,
            message: "request ends before its message, wanted one message"
        ),
        GRPCCase(
            name: "malformed", bytes: GRPCClient.framed([1]), status: .invalidArgument,
            message: "tag 0, 100% é",
            details: ["BadRequest"], outcome: .malformed("tag 0, 100% é")
        ),
        GRPCCase(
            name: "overloaded", bytes: GRPCClient.framed([1]), status: .unavailable,
            message: "too busy, send again after 9 s", details: ["RetryInfo"],
            outcome: .overloaded(retryAfterSeconds: 9)
        ),
        GRPCCase(
            name: "unavailable", bytes: GRPCClient.framed([1]), status: .unavailable,
            message: "the disk is full, send again after 30 s", details: ["RetryInfo"],
            outcome: .unavailable(reason: "the disk is full", retryAfterSeconds: 30)
        ),
    ]

    @Test(arguments: cases, [true, false])
    func `a call ends with its status`(test: GRPCCase, endsWithData: Bool) async throws {
        try await TestServer.run({ $0.bodyByteCountMax = 1_000 }, sink: FakeSink(test.outcome)) { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            try await client.open(1, test.headers)
            if endsWithData {
                try? await client.data(1, test.bytes, endStream: true)
            } else {
                try? await client.data(1, test.bytes)
                try? await client.data(1, [], endStream: true)
            }
            let call = try await client.answer(1)
            #expect(call.headers?.first(name: ":status") == "200")
            #expect(call.headers?.first(name: "content-type") == "application/grpc")
            #expect(call["grpc-status"] == "\(test.status.rawValue)")
            #expect((call["grpc-message"] ?? "") == percentEncoded(test.message))
            switch test.outcome {
            case .partial(let rejected, let message):
                #expect(
                    call.message == GRPCClient.framed(Answers.partial(rejected: rejected, message: message)))
            default:
                #expect(call.message == (test.status == .ok ? [0, 0, 0, 0, 0] : []))
            }
            if let details = call["grpc-status-details-bin"] {
                let status = try StatusReader(try #require(base64Decoded(details)))
                #expect(status.code == test.status.rawValue)
                #expect(status.message == test.message)
                #expect(status.detailTypes == test.details)
            } else {
                #expect(test.details.isEmpty)
            }
            let signal: Signal =
                test.name == "metrics" ? .metrics : test.name == "unknown method" ? .other : .traces
            #expect(server.count(.grpc, signal, test.status.name) == 1)
            // The connection goes on.
            #expect(try await client.call(3, GRPCClient.framed([1])).headers != nil)
            await client.close()
        }
    }

    @Test(arguments: [
        (GRPCClient.headers(type: "application/json"), "415"), (GRPCClient.headers(type: nil), "415"),
        (GRPCClient.headers(type: "application/grpc-web"), "415"), (GRPCClient.headers(method: "GET"), "405"),
    ])
    func `what is not gRPC gets an HTTP status`(headers: HPACKHeaders, status: String) async throws {
        try await TestServer.run { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            try await client.open(1, headers, endStream: true)
            let call = try await client.answer(1)
            #expect(call.headers?.first(name: ":status") == status)
            #expect(call["grpc-status"] == nil)
            // OTLP wants a Status in every error.
            #expect(call.headers?.first(name: "content-type") == "application/x-protobuf")
            #expect(try StatusReader(call.message).message.contains("gRPC"))
            await client.close()
        }
    }

    @Test func `an unknown encoding is answered with the known ones`() async throws {
        try await TestServer.run { server in
            let client = try await GRPCClient.connect(server.grpcPort)
            try await client.open(1, GRPCClient.headers(encoding: "snappy"))
            #expect(try await client.answer(1)["grpc-accept-encoding"] == "identity,gzip")
            await client.close()
        }
    }
}

/// The test's own encoding: scalar by scalar, of the UTF-8 text.
private func percentEncoded(_ text: String) -> String {
    text.utf8.map { byte in
        byte >= 0x20 && byte < 0x7f && byte != 0x25
            ? String(UnicodeScalar(byte))
            : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
}

private func base64Decoded(_ text: String) -> [UInt8]? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var bits: UInt32 = 0
    var bitCount = 0
    var bytes: [UInt8] = []
    for byte in text.utf8 {
        guard let value = alphabet.firstIndex(of: byte) else { return nil }
        bits = bits << 6 | UInt32(value)
        bitCount += 6
        if bitCount >= 8 {
            bitCount -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
        }
    }
    return bytes
}

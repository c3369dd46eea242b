import NIOCore
import NIOHTTP2
import OTLP
import SeededRandom
import Testing

@testable import Service

@Suite(.serialized) struct AdmissionTests {
    private static func admission(bytes: Int, large: Int) -> Admission {
        var limits = ServiceLimits()
        limits.bufferedByteCountMax = bytes
        limits.largeRequestCountMax = large
        return Admission(limits)
    }

    @Test func `bytes are bounded over all requests and given back`() {
        let admission = Self.admission(bytes: 1_000, large: 1)
        var first = RequestCharge(admission)
        var second = RequestCharge(admission)
        expect(&first, 600, isTaken: true)
        expect(&second, 500, isTaken: false)
        expect(&second, 400, isTaken: true)
        #expect(admission.usage.byteCount == 1_000)
        first.release()
        expect(&second, 600, isTaken: true)
        second.release()
        #expect(admission.usage.byteCount == 0)
    }

    @Test func `large requests are bounded in number, small ones are not`() {
        let mebibyte = (1 << 20) + RequestCharge.overheadByteCount
        let admission = Self.admission(bytes: 100 * mebibyte, large: 1)
        var large = RequestCharge(admission)
        var other = RequestCharge(admission)
        var small = RequestCharge(admission)
        expect(&large, mebibyte, isTaken: true)
        #expect(admission.usage.largeRequestCount == 0)
        expect(&large, 1, isTaken: true)
        #expect(admission.usage.largeRequestCount == 1)
        #expect(admission.usage.largeByteCount == mebibyte + 1)
        expect(&other, mebibyte + 1, isTaken: false)
        expect(&small, mebibyte, isTaken: true)
        large.release()
        expect(&other, mebibyte + 1, isTaken: true)
        other.release()
        small.release()
        #expect(admission.usage.largeByteCount == 0)
        #expect(admission.usage.largeRequestCount == 0)
    }

    @Test func `large requests leave a quarter of the bytes to small ones`() {
        let mebibyte = 1 << 20
        let admission = Self.admission(bytes: 100 * mebibyte, large: 10)
        var large = RequestCharge(admission)
        var small = RequestCharge(admission)
        expect(&large, 75 * mebibyte, isTaken: true)
        expect(&large, 1, isTaken: false)
        expect(&small, mebibyte, isTaken: true)
        large.release()
        small.release()
    }

    @Test func `a charge that goes away gives back what it held`() {
        let admission = Self.admission(bytes: 10 << 20, large: 10)
        do {
            var charge = RequestCharge(admission)
            expect(&charge, 5 << 20, isTaken: true)
            // A refusal half-way holds no more than before.
            expect(&charge, 6 << 20, isTaken: false)
            #expect(admission.usage.byteCount == 5 << 20)
        }
        #expect(admission.usage.byteCount == 0)
        #expect(admission.usage.largeByteCount == 0)
        #expect(admission.usage.largeRequestCount == 0)
    }

    @Test func `a full admission refuses with a time to try again, and takes ordinary requests again later`()
        async throws
    {
        try await TestServer.run({ $0.bufferedByteCountMax = 9_000 }) { server in
            let type = "Content-Type: application/x-protobuf"
            let holder = try await RawClient.connect(server.httpPort)
            try await holder.send(HTTPCase.post(type, "Expect: 100-continue", "Content-Length: 4500"))
            #expect(try await holder.responses().first?.status == 100)
            try await holder.send([UInt8](repeating: 1, count: 4_400))
            try await eventually("what was sent is held") {
                server.server.admission.usage.byteCount >= 4_400 + RequestCharge.overheadByteCount
            }

            let http = try await RawClient.connect(server.httpPort)
            try await http.send(
                HTTPCase.post(type, "Content-Length: 600").utf8 + [UInt8](repeating: 1, count: 600))
            let refusal = try #require(try await http.responses().first)
            #expect(refusal.status == 429)
            #expect(refusal.headers["retry-after"] == "1")
            #expect(try StatusReader(refusal.body).retrySeconds == 1)
            let grpc = try await GRPCClient.connect(server.grpcPort)
            try await grpc.open(1, GRPCClient.headers())
            let call = try await grpc.answer(1)
            #expect(call["grpc-status"] == "\(Answers.StatusCode.unavailable.rawValue)")
            #expect(call["grpc-status-details-bin"] != nil)

            try await holder.send([UInt8](repeating: 1, count: 100))
            #expect(try await holder.responses().first?.status == 200)
            try await http.send(
                HTTPCase.post(type, "Content-Length: 600").utf8 + [UInt8](repeating: 1, count: 600))
            #expect(try await http.responses().first?.status == 200)
            #expect(try await grpc.call(3, GRPCClient.framed([1]))["grpc-status"] == "0")
            for client in [holder, http] { await client.close() }
            await grpc.close()
        }
    }

    @Test func `slow large senders do not hold up ordinary requests`() async throws {
        try await TestServer.run({ $0.largeRequestCountMax = 1 }) { server in
            let type = "Content-Type: application/x-protobuf"
            let slow = try await RawClient.connect(server.httpPort)
            try await slow.send(
                HTTPCase.post(type, "Content-Length: 3000000").utf8 + [UInt8](repeating: 1, count: 2_000_000))
            try await eventually("the request is known to be large") {
                server.server.admission.usage.largeRequestCount == 1
            }
            let large = try await RawClient.connect(server.httpPort)
            await large.trySend(
                HTTPCase.post(type, "Content-Length: 2000000").utf8 + [UInt8](repeating: 1, count: 2_000_000))
            #expect(try await large.responses().first?.status == 429)
            let ordinary = try await RawClient.connect(server.httpPort)
            try await ordinary.send(
                HTTPCase.post(type, "Content-Length: 200000").utf8 + [UInt8](repeating: 1, count: 200_000))
            #expect(try await ordinary.responses().first?.status == 200)
            for client in [slow, large, ordinary] { await client.close() }
        }
    }

    @Test func `whatever peers break off, everything is given back`() async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed of the broken-off requests: \(seed)")
        var random = SeededRandom(seed: seed)
        try await TestServer.run { server in
            for round in 0..<80 {
                let whole = [UInt8](repeating: 1, count: Int.random(in: 1...3_000_000, using: &random))
                let part = Array(whole.prefix(Int.random(in: 0..<whole.count, using: &random)))
                if round % 2 == 0 {
                    let client = try await RawClient.connect(server.httpPort)
                    let head = HTTPCase.post(
                        "Content-Type: application/x-protobuf", "Content-Length: \(whole.count)")
                    await client.trySend(head.utf8 + part)
                    await client.close()
                } else {
                    let client = try await GRPCClient.connect(server.grpcPort)
                    try await client.open(1, GRPCClient.headers())
                    let bytes = Array(GRPCClient.framed(part, claims: whole.count).prefix(60_000))
                    try? await client.data(1, bytes)
                    if round % 4 == 1 { try? await client.write(1, .rstStream(.cancel)) }
                    await client.close()
                }
            }
            // `run` checks that admission and gates are back at zero.
        }
    }
}

private func expect(
    _ charge: inout RequestCharge,
    _ count: Int,
    isTaken wanted: Bool,
    at place: SourceLocation = #_sourceLocation
) {
    let isTaken = charge.add(count)
    #expect(isTaken == wanted, sourceLocation: place)
}

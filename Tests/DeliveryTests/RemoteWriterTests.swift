import CSnappy
import Delivery
import Synchronization
import TestServer
import Testing

@Suite struct RemoteWriterTests {
    /// A clock that moves only when somebody sleeps, and remembers how long.
    final class FakeClock: Sendable {
        private let state = Mutex((now: ContinuousClock.Instant.now, pauses: [Duration]()))

        var pauses: [Duration] { state.withLock { $0.pauses } }
        var now: ContinuousClock.Instant { state.withLock { $0.now } }

        var clock: RemoteWriteClock {
            RemoteWriteClock(
                now: { self.now },
                // 21 November 2026, 05:00:00 UTC.
                secondsSince1970: { 1_795_237_200 },
                sleep: { pause in
                    self.state.withLock { state in
                        state.now += pause
                        state.pauses.append(pause)
                    }
                })
        }
    }

    typealias Answer = @Sendable (ReceivedRequest, _ number: Int) -> ServerAnswer

    /// A server that answers by the number of the request, from 1.
    static func server(_ answer: @escaping Answer) throws -> TestServer {
        let count = Mutex(0)
        return try TestServer { request in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return answer(request, number)
        }
    }

    /// A server that refuses the first request with this header, and takes the next.
    static func server(retryAfter header: String) throws -> TestServer {
        try server { _, number in
            number == 1
                ? .answer(status: 503, headers: [("Retry-After", header)])
                : .answer(status: 204, headers: written(3))
        }
    }

    static func push(
        to url: String, _ sampleCounts: [Int] = [3], headers: [HeaderField] = [],
        clock: FakeClock = FakeClock(),
        deadline: Duration = .seconds(60)
    ) throws -> RemoteWriteReport {
        let endpoint = RemoteWriteEndpoint(
            url: url + "/api/v1/write", headers: headers, timeout: .seconds(10))
        var writer = try RemoteWriter(endpoint, userAgent: "spanmeter/test", clock: clock.clock)
        var rest = sampleCounts[...]
        return writer.push(deadline: clock.now + deadline) {
            rest.popFirst().map { count in
                RemoteWriteMessage(sampleCount: count) { version in
                    Array("\(version.rawValue): \(count) samples".utf8)
                }
            }
        }
    }

    static func written(_ count: Int) -> [(String, String)] {
        [("X-Prometheus-Remote-Write-Samples-Written", "\(count)")]
    }

    static func uncompressed(_ body: [UInt8]) -> String {
        var length = 1 << 16
        var buffer = [CChar](repeating: 0, count: length)
        let status = body.withUnsafeBytes { bytes in
            snappy_uncompress(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &buffer, &length)
        }
        guard status == SNAPPY_OK else { return "no snappy block" }
        return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    @Test func `a push of version 2 says so in its headers and sends snappy blocks`() throws {
        let server = try Self.server { _, _ in .answer(status: 204, headers: Self.written(3)) }
        defer { server.stop() }
        let headers = [HeaderField("Authorization", "Bearer t"), HeaderField("X-Scope-OrgID", "a")]
        let report = try Self.push(to: server.url, [3, 3], headers: headers)
        #expect(report.isComplete)
        #expect([report.sampleCount, report.acknowledgedCount, report.requestCount] == [6, 6, 2])
        #expect(report.problem == nil)
        let request = try #require(server.requests.first)
        #expect([request.method, request.path] == ["POST", "/api/v1/write"])
        #expect(request["content-type"] == "application/x-protobuf;proto=io.prometheus.write.v2.Request")
        #expect(request["content-encoding"] == "snappy")
        #expect(request["x-prometheus-remote-write-version"] == "2.0.0")
        #expect(request["user-agent"] == "spanmeter/test")
        #expect(request["authorization"] == "Bearer t")
        #expect(request["x-scope-orgid"] == "a")
        #expect(Self.uncompressed(request.body) == "2.0.0: 3 samples")
    }

    /// Prometheus 2.42 answers 204 to a message that it reads as empty; others say 415 or 400.
    @Test(arguments: [200, 204, 400, 415])
    func `a receiver that does not know version 2 gets version 1 from then on`(status: Int) throws {
        let server = try Self.server { request, _ in
            let isOld = request["x-prometheus-remote-write-version"] == "0.1.0"
            return .answer(status: isOld ? 204 : status)
        }
        defer { server.stop() }
        let clock = FakeClock()
        let report = try Self.push(to: server.url, [3, 4], clock: clock)
        #expect(report.isComplete)
        #expect(report.version == .version1)
        #expect(report.acknowledgedCount == 7)
        #expect(clock.pauses.isEmpty)
        #expect(
            server.requests.map { Self.uncompressed($0.body) } == [
                "2.0.0: 3 samples", "0.1.0: 3 samples", "0.1.0: 4 samples",
            ])
        #expect(
            server.requests.map { $0["content-type"] }.dropFirst() == [
                "application/x-protobuf", "application/x-protobuf",
            ])
    }

    @Test func `what the receiver says it has written is what counts`() throws {
        let server = try Self.server { _, number in
            .answer(
                status: number == 1 ? 400 : 204, headers: Self.written(number == 1 ? 2 : 9),
                body: Array("out of order\nmore".utf8))
        }
        defer { server.stop() }
        let report = try Self.push(to: server.url, [3, 4])
        #expect([report.acknowledgedCount, report.refusedCount, report.unsentCount] == [6, 1, 0])
        #expect(report.version == .version2)
        #expect(report.problem == "400: out of order")
        #expect(!report.isComplete)
    }

    @Test(arguments: [429, 500, 502, 503, 504])
    func `a receiver that cannot is asked again, after longer and longer waits`(status: Int) throws {
        let server = try Self.server { _, number in
            number < 5 ? .answer(status: status) : .answer(status: 204, headers: Self.written(3))
        }
        defer { server.stop() }
        let clock = FakeClock()
        let report = try Self.push(to: server.url, clock: clock)
        #expect(report.isComplete)
        #expect(report.requestCount == 5)
        #expect(clock.pauses == [50, 100, 200, 400].map { .milliseconds($0) })
        #expect(Set(server.requests.map(\.body)).count == 1)
    }

    @Test(arguments: [
        ("7", Duration.seconds(7)), ("0", .milliseconds(50)), ("Sat, 21 Nov 2026 05:00:30 GMT", .seconds(30)),
        ("Sat, 21 Nov 2026 04:00:00 GMT", .milliseconds(50)), ("soon", .milliseconds(50)),
        ("-1", .milliseconds(50)),
        ("Sat, 21 Nob 2026 05:00:30 GMT", .milliseconds(50)),
        ("Tue, 21 Nov 2026 05:00:30", .milliseconds(50)),
    ])
    func `a wait that the receiver names is kept`(header: String, pause: Duration) throws {
        let server = try Self.server(retryAfter: header)
        defer { server.stop() }
        let clock = FakeClock()
        #expect(try Self.push(to: server.url, clock: clock).isComplete)
        #expect(clock.pauses == [pause])
    }

    @Test(arguments: [
        ("Tue, 29 Feb 2028 00:00:00 GMT", 40_158_000), ("Thu, 01 Jan 2099 00:00:00 GMT", 2_275_671_600),
    ])
    func `a date of any year is read`(header: String, seconds: Int64) throws {
        let server = try Self.server(retryAfter: header)
        defer { server.stop() }
        let clock = FakeClock()
        let report = try Self.push(to: server.url, clock: clock, deadline: .seconds(4_000_000_000))
        #expect(report.isComplete)
        #expect(clock.pauses == [.seconds(seconds)])
    }

    @Test func `a wait beyond the deadline is not begun, and all that is left is counted`() throws {
        let server = try Self.server { _, _ in .answer(status: 503, headers: [("Retry-After", "61")]) }
        defer { server.stop() }
        let clock = FakeClock()
        let report = try Self.push(to: server.url, [3, 4], clock: clock)
        #expect(clock.pauses.isEmpty)
        #expect([report.sampleCount, report.acknowledgedCount, report.unsentCount] == [7, 0, 7])
        #expect(report.requestCount == 1)
        #expect(report.problem == "503")
    }

    @Test func `the waits end with the deadline`() throws {
        let server = try Self.server { _, _ in .answer(status: 500, body: Array("no disk".utf8)) }
        defer { server.stop() }
        let clock = FakeClock()
        let start = clock.now
        let report = try Self.push(to: server.url, clock: clock, deadline: .seconds(30))
        #expect(clock.now - start < .seconds(30))
        // 50, 100, … 3,200 ms, then 5 s each.
        #expect(clock.pauses.max() == .seconds(5))
        #expect(report.requestCount == 12)
        #expect(report.unsentCount == 3)
        #expect(report.problem == "500: no disk")
    }

    @Test(arguments: [301, 401, 403, 404, 405])
    func `a receiver that is none is not asked again`(status: Int) throws {
        let server = try Self.server { _, _ in .answer(status: status, body: Array("disabled".utf8)) }
        defer { server.stop() }
        let report = try Self.push(to: server.url, [3, 4])
        #expect(report.requestCount == 1)
        #expect([report.sampleCount, report.unsentCount] == [7, 7])
        #expect(report.problem == "\(status): disabled")
    }

    @Test func `samples that are refused do not keep out the next ones`() throws {
        let server = try Self.server { _, number in .answer(status: number < 3 ? 400 : 204) }
        defer { server.stop() }
        // Version 2, then the same in version 1, both refused; then version 1.
        let report = try Self.push(to: server.url, [3, 4])
        #expect([report.refusedCount, report.acknowledgedCount, report.requestCount] == [3, 4, 3])
    }

    @Test func `a connection that breaks is tried again`() throws {
        let server = try Self.server { _, number in
            number == 1 ? .hangUp : .answer(status: 204, headers: Self.written(3))
        }
        defer { server.stop() }
        let clock = FakeClock()
        let report = try Self.push(to: server.url, clock: clock)
        #expect(report.isComplete)
        #expect(clock.pauses == [.milliseconds(50)])
    }

    @Test func `nobody there is a problem that shows no secret`() throws {
        let server = try Self.server { _, _ in .hangUp }
        server.stop()
        let report = try Self.push(
            to: "http://ada:secret@127.0.0.1:\(server.port)/secret?token=secret#", deadline: .seconds(1))
        #expect(report.unsentCount == 3)
        #expect(report.problem?.hasPrefix("cannot reach http://127.0.0.1:\(server.port): ") == true)
        #expect(report.problem?.contains("secret") == false)
        let bad = try Self.push(to: "http://secret:99999999/")
        #expect(bad.problem?.hasPrefix("the address is no URL to send to (") == true)
        #expect(bad.problem?.contains("secret") == false)
    }

    @Test func `nothing to push is no request`() throws {
        let server = try Self.server { _, _ in .answer(status: 204) }
        defer { server.stop() }
        #expect(try Self.push(to: server.url, []).isComplete)
        #expect(server.requests.isEmpty)
    }
}

import Delivery
import Synchronization
import TestServer
import Testing

@Suite struct RetryingClientTests {
    /// Waits that pass at once, and are remembered.
    private final class Waits: Sendable {
        private let durations = Mutex<[Duration]>([])
        var all: [Duration] { durations.withLock { $0 } }

        func client(now: Int64 = 0) throws -> RetryingClient {
            let time = RetryingClient.Time(
                secondsSince1970: { now },
                sleep: { duration in self.durations.withLock { $0.append(duration) } })
            return RetryingClient(try HTTPClient(userAgent: "spanmeter/test"), time: time)
        }
    }

    /// A server that answers with `answers`, one after the other, then with 200.
    private static func server(_ answers: [ServerAnswer]) throws -> TestServer {
        let rest = Mutex(answers)
        return try TestServer { _ in
            rest.withLock { $0.isEmpty ? .answer(status: 200) : $0.removeFirst() }
        }
    }

    @Test(arguments: [429, 500, 502, 503, 504])
    func `what a server cannot take now is sent again, with waits that double`(status: Int) async throws {
        let server = try Self.server(Array(repeating: .answer(status: status), count: 3))
        defer { server.stop() }
        let waits = Waits()
        var client = try waits.client()
        let response = try await client.send(HTTPRequest(.post, server.url, body: [1, 2]))
        #expect(response.status == 200)
        #expect(waits.all == [.milliseconds(500), .seconds(1), .seconds(2)])
        #expect(server.requests.map(\.body) == Array(repeating: [1, 2], count: 4))
    }

    @Test(arguments: [200, 301, 400, 401, 404, 409, 412, 501])
    func `any other answer is the answer`(status: Int) async throws {
        let server = try TestServer { _ in .answer(status: status) }
        defer { server.stop() }
        let waits = Waits()
        var client = try waits.client()
        #expect(try await client.send(HTTPRequest(.get, server.url)).status == status)
        #expect(waits.all == [])
    }

    @Test(arguments: [("7", 7), ("0", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 30)])
    func `Retry-After is obeyed`(text: String, seconds: Int) async throws {
        let server = try Self.server([.answer(status: 429, headers: [("Retry-After", text)])])
        defer { server.stop() }
        let waits = Waits()
        var client = try waits.client(now: 784_111_777 - 30)
        #expect(try await client.send(HTTPRequest(.get, server.url)).status == 200)
        #expect(waits.all == [.seconds(seconds)])
    }

    @Test func `a wait of more than a minute is not waited`() async throws {
        let server = try Self.server([.answer(status: 503, headers: [("Retry-After", "61")])])
        defer { server.stop() }
        let waits = Waits()
        var client = try waits.client()
        #expect(try await client.send(HTTPRequest(.get, server.url)).status == 503)
        #expect(waits.all == [])
    }

    @Test func `after six attempts the last answer counts`() async throws {
        let server = try TestServer { _ in .answer(status: 503) }
        defer { server.stop() }
        let waits = Waits()
        var client = try waits.client()
        #expect(try await client.send(HTTPRequest(.get, server.url)).status == 503)
        #expect(server.requests.count == RetryingClient.attemptCountMax)
        #expect(waits.all.count == RetryingClient.attemptCountMax - 1)
    }

    @Test func `a server that is not there is asked as often, then the error is thrown`() async throws {
        let waits = Waits()
        var client = try waits.client()
        await #expect(throws: DeliveryError.self) {
            _ = try await client.send(HTTPRequest(.get, "http://127.0.0.1:9"))
        }
        #expect(waits.all.count == RetryingClient.attemptCountMax - 1)
    }

    @Test func `what can never be sent is not tried again`() async throws {
        let waits = Waits()
        var client = try waits.client()
        await #expect(throws: DeliveryError.self) {
            _ = try await client.send(HTTPRequest(.get, "ftp://127.0.0.1"))
        }
        #expect(waits.all == [])
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("admin:\u{fc}", "YWRtaW46w7w="),
    ])
    func `base64 is written as RFC 4648 has it`(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
    }
}

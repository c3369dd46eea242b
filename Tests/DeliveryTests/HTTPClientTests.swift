import Delivery
import TestServer
import Testing

@Suite struct HTTPClientTests {
    /// Sends one request with a client of its own.
    func send(_ request: HTTPRequest, limits: HTTPClient.Limits = .init()) throws(DeliveryError)
        -> HTTPResponse
    {
        var client = try HTTPClient(userAgent: "spanmeter/test", limits: limits)
        return try client.send(request)
    }

    @Test func `a request arrives as it was given and its answer comes back`() throws {
        let server = try TestServer { _ in
            .answer(status: 202, headers: [("X-Kind", " late "), ("x-kind", "second")], body: [1, 0, 255])
        }
        defer { server.stop() }
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
        let headers = [HeaderField("Content-Type", "application/x-protobuf"), HeaderField("X-Empty", "")]
        let response = try send(
            HTTPRequest(.post, server.url + "/v1/traces?a=b", headers: headers, body: body))
        #expect(response.status == 202)
        #expect(response.headers["x-kind"] == "late")
        #expect(response.body == [1, 0, 255])
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/v1/traces?a=b")
        #expect(request["content-type"] == "application/x-protobuf")
        #expect(request["x-empty"] == "")
        #expect(request["user-agent"] == "spanmeter/test")
        #expect(request["expect"] == nil)
        #expect(request.body == body)
    }

    @Test(arguments: [HTTPMethod.get, .post, .put, .delete])
    func `every method can be sent without a body`(method: HTTPMethod) throws {
        let server = try TestServer { _ in .answer(status: 204) }
        defer { server.stop() }
        #expect(try send(HTTPRequest(method, server.url)).status == 204)
        #expect(server.requests.map(\.method) == [method.rawValue])
        #expect(server.requests[0].body.isEmpty)
    }

    @Test func `a client keeps its connection and carries nothing over to the next request`() throws {
        let server = try TestServer { .answer(status: 200, headers: [("x-path", $0.path)]) }
        defer { server.stop() }
        var client = try HTTPClient(userAgent: "spanmeter/test")
        _ = try client.send(
            HTTPRequest(.post, server.url + "/a", headers: [HeaderField("x-a", "1")], body: [1]))
        let second = try client.send(HTTPRequest(.get, server.url + "/b"))
        #expect(second.headers["x-path"] == "/b")
        #expect(server.requests[1]["x-a"] == nil)
        #expect(server.requests[1].method == "GET")
    }

    @Test func `interim answers and redirects are no final answers to be followed`() throws {
        let server = try TestServer { _ in
            .raw(
                "HTTP/1.1 103 Early\r\nx-early: 1\r\n\r\nHTTP/1.1 302 Found\r\nlocation: /b\r\ncontent-length: 0\r\n\r\n"
            )
        }
        defer { server.stop() }
        let response = try send(HTTPRequest(.get, server.url))
        #expect(response.status == 302)
        #expect(response.headers["x-early"] == nil)
        #expect(server.requests.count == 1)
    }

    @Test func `an answer beyond the limit is an error`() throws {
        let server = try TestServer { _ in .answer(status: 200, body: [UInt8](repeating: 0, count: 101)) }
        defer { server.stop() }
        let name = server.url
        #expect(throws: DeliveryError.answerTooLarge(server: name, byteCountMax: 100)) {
            try send(HTTPRequest(.get, name), limits: .init(bodyByteCountMax: 100))
        }
        #expect(try send(HTTPRequest(.get, name), limits: .init(bodyByteCountMax: 101)).body.count == 101)
    }

    @Test func `endless headers are an error`() throws {
        let server = try TestServer { _ in
            .raw(
                "HTTP/1.1 200 OK\r\n"
                    + String(repeating: "x: \(String(repeating: "y", count: 1000))\r\n", count: 300))
        }
        defer { server.stop() }
        #expect(throws: DeliveryError.self) { try send(HTTPRequest(.get, server.url)) }
    }

    @Test func `a server that does not answer runs into the time-out`() throws {
        let server = try TestServer { _ in .silence }
        defer { server.stop() }
        let name = server.url
        #expect(throws: DeliveryError.timedOut(server: name, after: .milliseconds(50))) {
            try send(HTTPRequest(.get, name), limits: .init(timeout: .milliseconds(50)))
        }
    }

    @Test func `a server that is not there is named without the URL's secrets`() throws {
        let server = try TestServer { _ in .hangUp }
        server.stop()
        let secret = "http://ada:secret@127.0.0.1:\(server.port)/hook/secret?token=secret"
        #expect {
            try send(HTTPRequest(.post, secret, body: [1]))
        } throws: { error in
            let text = "\(error)"
            return text.hasPrefix("cannot reach http://127.0.0.1:\(server.port): ")
                && !text.contains("secret")
        }
    }

    @Test func `a connection that ends early is an error`() throws {
        let server = try TestServer { _ in .hangUp }
        defer { server.stop() }
        #expect {
            try send(HTTPRequest(.post, server.url, body: [1]))
        } throws: { error in
            "\(error)".hasPrefix("the exchange with \(server.url) failed: ")
        }
    }

    @Test(arguments: [
        ("", ""), ("ftp://localhost/a", "the scheme is neither http nor https"), ("http://", ""),
        ("http://localhost:99999", ""), ("localhost", ""),
    ])
    func `a bad URL is refused before anything is sent`(url: String, reason: String) {
        #expect {
            try send(HTTPRequest(.get, url))
        } throws: { error in
            guard case .badURL(let shown, let why)? = error as? DeliveryError else { return false }
            return shown == url && (reason.isEmpty || why == reason)
        }
    }

    @Test func `a bad URL is shown without its password`() {
        let error = DeliveryError.badURL("htp://ada:secret@host/", reason: "x")
        #expect(
            error.description
                == "'htp://…@host/' is no URL to send to (x); wanted one such as http://localhost:4318")
    }

    @Test(arguments: [
        HeaderField("a\r\nb", "c"), HeaderField("a", "c\nd"), HeaderField("a", "\0"), HeaderField("", "c"),
    ])
    func `a header of more than one line is refused`(field: HeaderField) throws {
        let server = try TestServer { _ in .answer(status: 200) }
        defer { server.stop() }
        #expect(throws: DeliveryError.badHeader(name: field.name)) {
            try send(HTTPRequest(.get, server.url, headers: [field]))
        }
        #expect(server.requests.isEmpty)
    }
}

import Captures
import Derivation
import Foundation
import Testing
import TraceBuilder

@Suite struct `HTTP captures` {
    static let apps = ["app-flask-fastapi-plain", "app-flask-fastapi-stable"]

    /// Each entry is a call and its end: a status code, or the client's error.
    static func truth(_ app: String) throws -> [(call: String, status: Int?)] {
        let data = try Data(contentsOf: Fixtures.root.appending(path: app).appending(path: "truth.json"))
        let list = try JSONSerialization.jsonObject(with: data) as? [[Any]] ?? []
        return list.map { ($0[0] as? String ?? "", $0[1] as? Int) }
    }

    @Test(arguments: apps) func `requests and retries of clients equal what happened`(_ app: String) throws {
        let scraped = try Scraped(try Fixtures.traceBodies(app))
        var wanted: [String: Double] = [:]
        // In one of the two apps urllib3 itself was not traced: the server's spans of it have no parent.
        let untraced = app.hasSuffix("plain") ? "urllib3" : "nothing"
        for (call, status) in try Self.truth(app) where !call.hasPrefix(untraced) {
            wanted[status.map { "\($0 / 100)xx" } ?? "none", default: 0] += 1
            // A loop by hand sends a span for each attempt; what a library repeats is inside of one span.
            if call.contains("hand loop 429 x2") { wanted["4xx", default: 0] += 2 }
        }
        for (status, count) in wanted {
            #expect(
                scraped.sum("http_client_requests_total", "status_class=\"\(status)\"") == count, "\(status)")
        }
        let total = wanted.values.reduce(0, +)
        #expect(scraped.sum("http_client_requests_total") == total)
        #expect(scraped.sum("http_client_requests_total", "server_address=\"127.0.0.1\"") == total)
        #expect(scraped.sum("http_client_request_duration_seconds_count") == total)
        let labels = "server_address=\"127.0.0.1\",method=\"GET\",cause=\"429\""
        #expect(scraped.sum("http_client_retries_total", labels) == 2)
        #expect(scraped.sum("http_client_retries_total") == 2)
        let named = scraped.sum("http_client_requests_total", "status_class=\"none\"", "error_type=\"")
        #expect(named == wanted["none"])
    }

    @Test(arguments: apps) func `requests of servers count by route, and inner spans do not`(_ app: String)
        throws
    {
        let scraped = try Scraped(try Fixtures.traceBodies(app))
        let inner = scraped.lines.filter { $0.contains("http send") && $0.hasPrefix("http_server") }
        #expect(inner == [])
        let servers = scraped.sum("traces_spanmetrics_calls_total", "span_kind=\"SPAN_KIND_SERVER\"")
        #expect(servers > 0)
        #expect(scraped.sum("http_server_requests_total") == servers)
        #expect(scraped.sum("http_server_requests_total", "route=\"/orders/{oid}\"") == 3)
        #expect(scraped.sum("http_server_requests_total", "route=\"/items/<int:i>\"", "5xx") == 1)
        #expect(scraped.sum("http_server_requests_total", "4xx", "error_type") == 0)
    }

    static let attempts = [
        SpanContent(
            "GET", kind: .client, status: .error,
            [
                "http.request.method": "GET", "http.method": "GET", "http.response.status_code": 503,
                "http.status_code": 503, "url.full": "http://a/x", "server.address": "a",
            ])
    ]

    @Test func `a span with old and new names counts once`() throws {
        let scraped = try Scraped([TraceBody.bytes(Self.attempts)])
        #expect(scraped.sum("http_client_requests_total") == 1)
        #expect(scraped.sum("http_client_requests_total", "status_class=\"5xx\"", "error_type=\"503\"") == 1)
    }

    /// Pairs of attempts below one parent: what the first was answered, how long behind it the second began.
    @Test(
        arguments: [
            (["http.response.status_code": 503], SpanContent.Status.error, 0.01, "5xx"),
            (["http.response.status_code": 429], .error, 0, "429"),
            ([:], .error, 0.5, "network"),
            (["http.response.status_code": 404], .error, 0.01, nil),
            (["http.response.status_code": 200], .unset, 0.01, nil),
            ([:], .unset, 0.01, nil),
            // Both were under way at once.
            (["http.response.status_code": 503], .error, -0.05, nil),
        ] as [(Attributes, SpanContent.Status, Double, String?)])
    func `a repeated request is one behind a failure of the same request`(
        first: Attributes, status: SpanContent.Status, gap: Double, cause: String?
    ) throws {
        let attempts = Self.pair(first, status, gap: gap)
        let wanted = cause.map { ["{server_address=\"a\",method=\"GET\",cause=\"\($0)\"} 1"] } ?? []
        #expect(try Scraped([TraceBody.bytes(attempts)]).series("http_client_retries_total") == wanted)
        let apart = attempts.map { TraceBody.bytes([$0]) }
        let other = try Scraped(apart, memory: .init())
        #expect(other.series("http_client_retries_total") == wanted)
    }

    @Test func `another address is another request`() throws {
        var attempts = Self.pair(["http.response.status_code": 503], .error, gap: 0.01)
        attempts[1].attributes.removeAll { $0.key == "url.full" }
        attempts[1].attributes.append(("url.full", "http://a/y"))
        #expect(try Scraped([TraceBody.bytes(attempts)]).series("http_client_retries_total") == [])
    }

    @Test(arguments: [
        ("http://api.shop.test/x?y=1", "api.shop.test"), ("https://api.shop.test:8443/x", "api.shop.test"),
        ("http://h:1", "h"), ("https://h", "h"), ("http://h?x=a/b", "h"),
        ("http://jane:secret@h/x", "unknown"), ("ftp://h/x", "unknown"),
    ]) func `a host stands in the address where nothing else names it`(url: String, host: String) throws {
        let span = SpanContent("GET", kind: .client, ["http.method": "GET", "http.url": .text(url)])
        let scraped = try Scraped([TraceBody.bytes([span])])
        #expect(scraped.label("server_address", of: "http_client_requests_total") == host)
    }

    @Test func `a model call is no request of its own`() throws {
        let span = SpanContent(
            "messages.create", kind: .client,
            ["gen_ai.operation.name": "chat", "http.request.method": "POST", "gen_ai.request.model": "m"])
        let scraped = try Scraped([TraceBody.bytes([span])])
        #expect(scraped.sum("http_client_requests_total") == 0)
        #expect(scraped.sum("gen_ai_client_operation_duration_seconds_count") == 1)
    }

    private static func pair(_ first: Attributes, _ status: SpanContent.Status, gap: Double) -> [SpanContent]
    {
        let shared: Attributes = [
            "http.request.method": "GET", "url.full": "http://a/x", "server.address": "a",
        ]
        var attempts = [
            SpanContent("GET", kind: .client, status: status, seconds: 0.1, shared),
            SpanContent("GET", kind: .client, seconds: 0.1, shared),
        ]
        attempts[0].attributes += first.map { ($0.key, $0.value) }
        attempts[1].attributes.append(("http.response.status_code", 200))
        for index in attempts.indices {
            attempts[index].parentSpanID = [9, 9, 9, 9, 9, 9, 9, 9]
            attempts[index].spanID[7] = UInt8(index)
        }
        let begin = Int64(attempts[0].endNanoseconds) + Int64(gap * 1e9)
        attempts[1].startNanoseconds = UInt64(begin)
        attempts[1].endNanoseconds = UInt64(begin) + 100_000_000
        return attempts
    }
}

import Exposition
import Synchronization
import Testing

@Suite(.serialized) struct NegotiationTests {
    static let text = "text/plain; version=0.0.4; charset=utf-8"
    static func openMetrics(_ escaping: String = "underscores") -> String {
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=\(escaping)"
    }
    static func protobuf(_ escaping: String = "underscores") -> String {
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; "
            + "escaping=\(escaping)"
    }
    /// What Prometheus sends, by version.
    static let prometheus2_42 =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    static let prometheus3_5 =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
        + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
    static let prometheus3_5Created =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;"
        + "escaping=allow-utf-8;q=0.7," + prometheus3_5
    static let messages =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

    @Test(
        arguments: [
            (nil, text, ExpositionFormat.text), ("", text, .text), ("*/*", text, .text),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", text, .text),
            ("application/json", text, .text), ("nonsense;;,,=", text, .text),
            ("text/plain", text, .text), ("text/plain;version=0.0.4", text, .text),
            ("text/plain;version=1.0.0;escaping=allow-utf-8", text, .text),
            (prometheus2_42, openMetrics(), .openMetrics),
            (prometheus3_5, openMetrics("allow-utf-8"), .openMetrics),
            (prometheus3_5Created, protobuf("allow-utf-8"), .protobuf),
            ("application/openmetrics-text", openMetrics(), .openMetrics),
            ("application/openmetrics-text;version=0.0.1", text, .text),
            ("application/openmetrics-text;version=1.0.0;q=0", text, .text),
            ("application/openmetrics-text;version=2.0.0,text/plain;q=0.1", text, .text),
            ("Application/OpenMetrics-Text; Version=\"1.0.0\" ; Q=0.3", openMetrics(), .openMetrics),
            ("application/openmetrics-text;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.4", text, .text),
            ("text/plain;q=0.5,application/openmetrics-text;q=0.5", text, .text),
            ("application/openmetrics-text;q=0.5,text/plain;q=0.5", openMetrics(), .openMetrics),
            ("application/openmetrics-text;q=nonsense,text/plain;q=0.1", text, .text),
            ("application/openmetrics-text;escaping=values", openMetrics("values"), .openMetrics),
            ("application/openmetrics-text;escaping=dots", openMetrics(), .openMetrics),
            ("application/openmetrics-text;escaping=nonsense", openMetrics(), .openMetrics),
            (messages, protobuf(), .protobuf), (messages + ";q=0.1,text/plain;q=0.2", text, .text),
            ("application/vnd.google.protobuf", text, .text),
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text", text,
                .text
            ),
        ] as [(String?, String, ExpositionFormat)])
    func `a scrape gets the format it asks for`(accept: String?, type: String, format: ExpositionFormat)
        async throws
    {
        let scrape = FakeScrape()
        try await TestServer.run(scrape: scrape) { server in
            let client = try await RawClient.connect(server.scrapePort)
            let header = accept.map { "Accept: \($0)\r\n" } ?? ""
            try await client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\(header)\r\n")
            let response = try #require(try await client.responses().first)
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == type)
            #expect(response.headers["vary"] == "accept, accept-encoding")
            let formats = scrape.formats.withLock { $0 }
            #expect(formats == [format])
            await client.close()
        }
    }

    @Test func `several headers are one list, and HEAD says the same type`() async throws {
        try await TestServer.run { server in
            let client = try await RawClient.connect(server.scrapePort)
            let headers = "Accept: text/plain;q=0.5\r\nAccept: application/openmetrics-text\r\n"
            try await client.send("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\(headers)\r\n")
            let response = try #require(try await client.responses(toHead: true).first)
            #expect(response.headers["content-type"] == Self.openMetrics())
            await client.close()
        }
    }
}

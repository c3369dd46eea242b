import Derivation
import Packs
import Testing
import TraceBuilder

@Suite struct `The pack spanmetrics` {
    static let kindNames = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
    static let statusNames = ["UNSET", "OK", "ERROR"]

    static func scraped(
        _ spans: [SpanContent], resource: Attributes = ["service.name": "shop"],
        _ options: [String: OptionValue] = [:]
    ) throws -> Scraped {
        try Scraped(
            [TraceBody.bytes(resource: resource, spans)], options: ["spanmetrics": options],
            enabled: ["spanmetrics"])
    }

    @Test func `tells all kinds and statuses apart, unknown ones as unspecified and unset`() throws {
        var spans: [SpanContent] = []
        for kind in SpanContent.Kind.allCases {
            for status in SpanContent.Status.allCases {
                spans.append(SpanContent(kind: kind, status: status))
            }
        }
        var strange = SpanContent(kind: .unspecified, status: .unset)
        strange.kind = 77
        strange.status = 99
        let scraped = try Self.scraped(spans + [strange])
        for (kind, kindName) in Self.kindNames.enumerated() {
            for (status, statusName) in Self.statusNames.enumerated() {
                let count = scraped.sum(
                    "traces_spanmetrics_calls_total", "span_kind=\"SPAN_KIND_\(kindName)\"",
                    "status_code=\"STATUS_CODE_\(statusName)\"")
                #expect(count == (kind + status == 0 ? 2 : 1), "\(kindName) \(statusName)")
            }
        }
    }

    @Test func `has the names, labels and buckets of Tempo`() throws {
        let scraped = try Self.scraped([
            SpanContent("GET /", kind: .server, status: .ok, seconds: 0.004),
            SpanContent("GET /", kind: .server, status: .ok, seconds: 20),
        ])
        let labels =
            "service=\"shop\",environment=\"default\",span_name=\"GET /\","
            + "span_kind=\"SPAN_KIND_SERVER\",status_code=\"STATUS_CODE_OK\""
        #expect(scraped.lines.contains("traces_spanmetrics_calls_total{\(labels)} 2"))
        #expect(scraped.lines.contains("traces_spanmetrics_latency_bucket{\(labels),le=\"0.002\"} 0"))
        #expect(scraped.lines.contains("traces_spanmetrics_latency_bucket{\(labels),le=\"0.004\"} 1"))
        #expect(scraped.lines.contains("traces_spanmetrics_latency_bucket{\(labels),le=\"16.384\"} 1"))
        #expect(scraped.lines.contains("traces_spanmetrics_latency_bucket{\(labels),le=\"+Inf\"} 2"))
        #expect(scraped.lines.contains("traces_spanmetrics_latency_sum{\(labels)} 20.004"))
        #expect(scraped.lines.contains("traces_spanmetrics_latency_count{\(labels)} 2"))
        #expect(scraped.lines.filter { $0.hasPrefix("traces_spanmetrics_latency_bucket") }.count == 15)
    }

    @Test func `counts the encoded size of a span without its frame`() throws {
        let span = SpanContent("a", ["k": "value"])
        let size = try Self.scraped([span]).sum("traces_spanmetrics_size_total")
        let twice = try Self.scraped([span, span]).sum("traces_spanmetrics_size_total")
        #expect(twice == 2 * size)
        // What a request grows by is the span, its tag and its length of one byte.
        let growth = TraceBody.bytes([span, span, span]).count - TraceBody.bytes([span, span]).count
        #expect(size == Double(growth - 2))
    }

    @Test func `has the Collector's names by option`() throws {
        let scraped = try Self.scraped(
            [SpanContent("GET /", kind: .client, seconds: 0.25)], ["names": .text("collector")])
        let labels =
            "service_name=\"shop\",environment=\"default\",span_name=\"GET /\","
            + "span_kind=\"SPAN_KIND_CLIENT\",status_code=\"STATUS_CODE_UNSET\""
        #expect(scraped.lines.contains("traces_span_metrics_calls_total{\(labels)} 1"))
        #expect(
            scraped.lines.contains("traces_span_metrics_duration_milliseconds_bucket{\(labels),le=\"200\"} 0")
        )
        #expect(
            scraped.lines.contains("traces_span_metrics_duration_milliseconds_bucket{\(labels),le=\"400\"} 1")
        )
        #expect(scraped.lines.contains("traces_span_metrics_duration_milliseconds_sum{\(labels)} 250"))
        #expect(scraped.lines.allSatisfy { !$0.hasPrefix("traces_spanmetrics") })
        #expect(scraped.lines.contains { $0.hasPrefix("traces_target_info{service=\"shop\"") })
    }

    @Test func `takes configured attributes of any layer as further labels`() throws {
        let scraped = try Self.scraped(
            [SpanContent("a", ["http.route": "/x"]), SpanContent("b")],
            resource: ["service.name": "shop", "k8s.pod": "p"],
            ["dimensions": .list(["http.route", "k8s.pod"])])
        let series = scraped.series("traces_spanmetrics_calls_total").map {
            $0.split(separator: "UNSET\"")[1]
        }
        #expect(series.sorted() == [",http_route=\"/x\",k8s_pod=\"p\"} 1", ",k8s_pod=\"p\"} 1"])
    }

    @Test func `describes each service once`() throws {
        let resource: Attributes = [
            "service.name": "shop", "service.namespace": "eu", "telemetry.sdk.language": "python",
        ]
        let scraped = try Self.scraped([SpanContent("a"), SpanContent("b")], resource: resource)
        #expect(
            scraped.series("traces_target_info") == [
                "{service_namespace=\"eu\",telemetry_sdk_language=\"python\"} 1"
            ])
    }

    @Test(
        arguments: [
            ([:], "unknown_service", "default"),
            (["service.name": "", "deployment.environment": "ci"], "unknown_service", "ci"),
            (
                ["service.name": "s", "deployment.environment": "old", "deployment.environment.name": "new"],
                "s", "new"
            ),
        ] as [(Attributes, String, String)])
    func `never leaves service and environment empty`(
        resource: Attributes, service: String, environment: String
    ) throws {
        let scraped = try Self.scraped([SpanContent()], resource: resource)
        #expect(scraped.label("service", of: "traces_spanmetrics_calls_total") == service)
        #expect(scraped.label("environment", of: "traces_spanmetrics_calls_total") == environment)
    }

    @Test func `takes the environment of spans that name none from the configuration`() throws {
        let scraped = try Scraped(
            [TraceBody.bytes([SpanContent()])], options: ["common": ["environment": .text("staging")]])
        #expect(scraped.label("environment", of: "traces_spanmetrics_calls_total") == "staging")
    }

    @Test func `counts a span without an end, without a duration`() throws {
        var span = SpanContent()
        span.endNanoseconds = 0
        span.startNanoseconds = 0
        let scraped = try Self.scraped([span])
        #expect(scraped.sum("traces_spanmetrics_calls_total") == 1)
        #expect(scraped.sum("traces_spanmetrics_latency_count") == 0)
        #expect(scraped.refusals == [:])
    }

    @Test func `sees every well-formed span, and none is unmatched`() throws {
        var short = SpanContent()
        short.traceID = [1, 2, 3]
        var backwards = SpanContent()
        backwards.endNanoseconds = backwards.startNanoseconds - 1
        let scraped = try Self.scraped([SpanContent(), short, backwards])
        let counts = try #require(scraped.counts.first)
        #expect(counts.spans == 3)
        #expect(counts.malformed == 2)
        #expect(counts.unmatched == 0)
        #expect(scraped.sum("traces_spanmetrics_calls_total") == 1)
    }
}

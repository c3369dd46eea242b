import Packs
import Testing
import TraceBuilder

@Suite struct `The pack of model calls` {
    static func scraped(_ spans: [SpanContent], prices: PriceTable = PriceTable()) throws -> Scraped {
        try Scraped([TraceBody.bytes(spans)], prices: prices)
    }

    /// A span, its kind, and as what it counts: a call, a tool, or nothing.
    @Test(
        arguments: [
            (.client, ["gen_ai.operation.name": "chat", "gen_ai.request.model": "m"], "chat"),
            (.internal, ["gen_ai.operation.name": "generate_content"], "generate_content"),
            (.client, ["gen_ai.operation.name": "embeddings"], "embeddings"),
            (.internal, ["gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 9], nil),
            (.client, ["gen_ai.operation.name": "create_agent", "gen_ai.request.model": "m"], nil),
            (.internal, ["gen_ai.operation.name": "invoke_workflow", "gen_ai.usage.input_tokens": 9], nil),
            (.client, ["gen_ai.operation.name": "retrieval", "gen_ai.request.model": "m"], nil),
            (.internal, ["gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t"], "tool"),
            // One that serves tools to others.
            (.server, ["gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t"], nil),
            (.internal, ["openinference.span.kind": "LLM", "llm.token_count.prompt": 9], "chat"),
            (.internal, ["openinference.span.kind": "EMBEDDING"], "embeddings"),
            (.internal, ["openinference.span.kind": "CHAIN", "llm.token_count.prompt": 9], nil),
            (.internal, ["openinference.span.kind": "AGENT", "llm.model_name": "m"], nil),
            (.internal, ["openinference.span.kind": "TOOL", "tool.name": "t"], "tool"),
            (.client, ["llm.request.type": "chat", "gen_ai.request.model": "m"], "chat"),
            (.client, ["llm.request.type": "completion", "llm.request.model": "m"], "chat"),
            (.internal, ["traceloop.span.kind": "workflow", "gen_ai.usage.input_tokens": 9], nil),
            (.internal, ["traceloop.span.kind": "agent"], nil),
            (.internal, ["traceloop.span.kind": "tool", "traceloop.entity.name": "t"], "tool"),
            (.internal, ["langfuse.observation.type": "generation"], "chat"),
            (
                .internal,
                [
                    "langfuse.observation.type": "span", "gen_ai.request.model": "m",
                    "gen_ai.usage.input_tokens": 9,
                ],
                "chat"
            ),
            (.internal, ["langfuse.observation.type": "agent", "gen_ai.usage.input_tokens": 9], nil),
            (.internal, ["span.type": "llm_request", "model": "m", "input_tokens": 2], "chat"),
            (.internal, ["span.type": "interaction"], nil),
            (.internal, ["span.type": "tool", "tool_name": "t"], "tool"),
            (.internal, ["tool_name": "t", "gen_ai.tool.call.id": "1"], "tool"),
            (.server, ["gen_ai.operation.name": "chat", "gen_ai.request.model": "m"], nil),
            (.client, ["gen_ai.operation.name": "chat.completions"], "chat"),
            (.internal, ["ai.operationId": "ai.generateText", "ai.usage.promptTokens": 9], nil),
            (
                .internal, ["ai.operationId": "ai.generateText.doGenerate", "ai.usage.promptTokens": 9],
                "chat"
            ),
            (
                .internal, ["ai.operationId": "ai.streamText.doStream", "gen_ai.usage.input_tokens": 9],
                "chat"
            ),
            (.internal, ["ai.operationId": "ai.embed", "ai.usage.tokens": 9], nil),
            (.internal, ["ai.operationId": "ai.embed.doEmbed", "ai.usage.tokens": 9], "embeddings"),
            (.internal, ["ai.operationId": "ai.toolCall", "ai.toolCall.name": "t"], "tool"),
            (.client, ["gen_ai.request.model": "m"], "chat"),
            (.internal, ["gen_ai.request.model": "m", "gen_ai.usage.prompt_tokens": 9], "chat"),
            (.server, ["gen_ai.request.model": "m", "gen_ai.usage.prompt_tokens": 9], nil),
            (.internal, ["gen_ai.request.max_tokens": 9], nil),
            (.client, ["http.request.method": "GET"], nil),
        ] as [(SpanContent.Kind, Attributes, String?)])
    func `takes a span for what its client means by it`(
        kind: SpanContent.Kind, attributes: Attributes, meaning: String?
    ) throws {
        let scraped = try Self.scraped([SpanContent("span", kind: kind, attributes)])
        let calls = "gen_ai_client_operation_duration_seconds_count"
        let found =
            scraped.sum("gen_ai_tool_calls_total", "tool=\"t\"") == 1
            ? "tool" : scraped.label("operation", of: calls)
        #expect(found == meaning)
    }

    /// Attributes, and the tokens they mean: fresh input, read from a cache, written to one, output.
    @Test(
        arguments: [
            (["gen_ai.usage.input_tokens": 42, "gen_ai.usage.output_tokens": 7], [42, 0, 0, 7]),
            (["gen_ai.usage.input_tokens": "42"], [42, 0, 0, 0]),
            (["gen_ai.usage.input_tokens": 42, "gen_ai.usage.cache_read.input_tokens": 16], [26, 16, 0, 0]),
            // Parts larger than the whole stand beside it.
            (
                [
                    "gen_ai.usage.input_tokens": 2, "cache_read_tokens": 84_562,
                    "cache_creation_tokens": 7_096,
                ],
                [2, 84_562, 7_096, 0]
            ),
            // The total says that they stand beside it.
            (
                [
                    "gen_ai.usage.input_tokens": 30, "gen_ai.usage.cache_read_input_tokens": 12,
                    "gen_ai.usage.output_tokens": 9, "gen_ai.usage.total_tokens": 51,
                ], [30, 12, 0, 9]
            ),
            (
                [
                    "gen_ai.usage.input_tokens": 30, "gen_ai.usage.cache_read_input_tokens": 12,
                    "gen_ai.usage.output_tokens": 9, "gen_ai.usage.total_tokens": 39,
                ], [18, 12, 0, 9]
            ),
            (["gen_ai.usage.prompt_tokens": 5, "gen_ai.usage.completion_tokens": 3], [5, 0, 0, 3]),
        ] as [(Attributes, [Double])])
    func `tells cached tokens from fresh ones`(attributes: Attributes, tokens: [Double]) throws {
        var span = SpanContent("chat", kind: .client, ["gen_ai.operation.name": "chat"])
        span.attributes += attributes.map { ($0.key, $0.value) }
        let scraped = try Self.scraped([span])
        let name = "gen_ai_client_tokens_total"
        #expect(scraped.sum(name, "direction=\"input\"", "cache=\"none\"") == tokens[0])
        #expect(scraped.sum(name, "direction=\"input\"", "cache=\"read\"") == tokens[1])
        #expect(scraped.sum(name, "direction=\"input\"", "cache=\"write\"") == tokens[2])
        #expect(scraped.sum(name, "direction=\"output\"") == tokens[3])
        let input = scraped.sum("gen_ai_client_token_usage_sum", "direction=\"input\"")
        #expect(input == tokens[0] + tokens[1] + tokens[2])
    }

    static let prices = PriceTable(
        version: "2026-11-01", source: "a test",
        models: [
            PriceTable.Model(pattern: "small-*", input: 1, output: 4, cacheRead: 0.1, cacheWrite: 2),
            PriceTable.Model(pattern: "*", input: 10, output: 40),
        ])

    /// What a span says, and what it costs in millionths of a USD by whose word; nil for unknown.
    @Test(
        arguments: [
            (["gen_ai.usage.cost": 0.5], prices, 500_000, "reported"),
            (["operation.cost": 9.3e-6], PriceTable(), 9.3, "reported"),
            (
                ["gen_ai.usage.cost.amount": 0.5, "gen_ai.usage.cost.currency": "USD"], PriceTable(), 500_000,
                "reported"
            ),
            (
                ["gen_ai.cost.input_tokens": 0.25, "gen_ai.cost.output_tokens": 0.5], PriceTable(), 750_000,
                "reported"
            ),
            (["gen_ai.usage.cost": 0, "gen_ai.cost.input_tokens": 0.25], PriceTable(), 250_000, "reported"),
            // Nothing for something, and money of another kind, are no costs in USD.
            (["gen_ai.usage.cost": 0], PriceTable(), nil, nil),
            (["gen_ai.usage.cost.amount": 0.5, "gen_ai.usage.cost.currency": "EUR"], PriceTable(), nil, nil),
            ([:], PriceTable(), nil, nil),
            (["gen_ai.usage.cost": 0], prices, 100 * 1 + 10 * 4, "computed"),
            ([:], prices, 100 * 1 + 10 * 4, "computed"),
            (["gen_ai.response.model": "large"], prices, 100 * 10 + 10 * 40, "computed"),
            (["gen_ai.usage.cache_read.input_tokens": 60], prices, 40 * 1 + 60 * 0.1 + 10 * 4, "computed"),
            (["gen_ai.usage.cache_creation.input_tokens": 60], prices, 40 * 1 + 60 * 2 + 10 * 4, "computed"),
            // A table without this model knows no more than no table.
            ([:], PriceTable(models: [PriceTable.Model(pattern: "large", input: 1, output: 1)]), nil, nil),
        ] as [(Attributes, PriceTable, Double?, String?)])
    func `costs what the span says, else what the table says, else nobody knows`(
        attributes: Attributes, prices: PriceTable, millionths: Double?, source: String?
    ) throws {
        var span = SpanContent(
            "chat", kind: .client,
            [
                "gen_ai.operation.name": "chat", "gen_ai.request.model": "small-1",
                "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10,
            ])
        span.attributes += attributes.map { ($0.key, $0.value) }
        let scraped = try Self.scraped([span], prices: prices)
        let cost = scraped.sum("gen_ai_client_cost_usd_total")
        #expect(abs(cost * 1e6 - (millionths ?? 0)) < 1e-6)
        #expect(scraped.label("cost_source", of: "gen_ai_client_cost_usd_total") == source)
        #expect(scraped.sum("gen_ai_client_cost_unknown_total") == (source == nil ? 1 : 0))
    }

    @Test func `a call without tokens costs nothing, and its price is no question`() throws {
        let span = SpanContent("chat", kind: .client, ["gen_ai.operation.name": "chat"])
        let scraped = try Self.scraped([span], prices: Self.prices)
        #expect(scraped.series("gen_ai_client_cost_usd_total") == [])
        #expect(scraped.series("gen_ai_client_cost_unknown_total") == [])
    }

    @Test func `a routing test without a cost has one by the table`() throws {
        let span = SpanContent(
            "routing_test_a", status: .ok, ["model": "small-1", "token_input": 100, "token_output": 10])
        let unknown = try Self.scraped([span])
        #expect(unknown.sum("routing_test_cost_unknown_total") == 1)
        #expect(unknown.series("routing_test_cost_usd_count") == [])
        let scraped = try Self.scraped([span], prices: Self.prices)
        #expect(scraped.sum("routing_test_cost_unknown_total") == 0)
        let cost = scraped.sum("routing_test_cost_usd_sum", "cost_source=\"computed\"")
        #expect(abs(cost - 0.00014) < 1e-12)
    }

    @Test(
        arguments: [
            (["gen_ai.response.time_to_first_chunk": 0.057], 0.057), (["ttft_ms": 570], 0.57),
            (["ai.response.msToFirstChunk": 250.5], 0.2505),
        ] as [(Attributes, Double)])
    func `a stream's first part is timed in seconds`(attributes: Attributes, seconds: Double) throws {
        var span = SpanContent("chat", kind: .client, ["gen_ai.operation.name": "chat"])
        span.attributes += attributes.map { ($0.key, $0.value) }
        let sum = try Self.scraped([span]).sum("gen_ai_client_operation_time_to_first_chunk_seconds_sum")
        #expect(abs(sum - seconds) < 1e-9)
    }

    @Test func `a failed call names its error, and what it cost was wasted`() throws {
        var named = SpanContent(
            "chat", kind: .client, status: .error,
            ["gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.usage.cost": 0.25])
        named.events = [("exception", 1, ["exception.type": "shop.TooSlow"])]
        let said = SpanContent(
            "call", ["span.type": "llm_request", "success": false, "error.type": "429"])
        let scraped = try Self.scraped([named, said])
        #expect(scraped.sum("gen_ai_client_errors_total", "error_type=\"shop.TooSlow\"") == 1)
        #expect(scraped.sum("gen_ai_client_errors_total", "error_type=\"429\"") == 1)
        #expect(scraped.sum("gen_ai_retry_waste_usd_total") == 0.25)
    }

    /// What the requests below a call were answered, whether the call failed, and its retries.
    @Test(
        arguments: [
            ([429, 503, 200], false, 2), ([200], false, 0), ([500, 500], true, 1), ([500], true, 0),
            ([400], true, 0), ([], true, 0),
        ] as [([Int64], Bool, Double)])
    func `requests below a call say how often it was repeated`(
        answers: [Int64], isFailed: Bool, retries: Double
    ) throws {
        var spans = answers.enumerated().map { number, answer in
            var span = SpanContent(
                "POST", kind: .client, status: answer >= 400 ? .error : .unset,
                ["http.request.method": "POST", "http.response.status_code": .int(answer)])
            span.spanID[0] = UInt8(10 + number)
            span.parentSpanID = [1, 2, 3, 4, 5, 6, 7, 8]
            return span
        }
        spans.append(
            SpanContent(
                "chat", kind: .client, status: isFailed ? .error : .unset, ["gen_ai.operation.name": "chat"]))
        #expect(try Self.scraped(spans).sum("gen_ai_client_retries_total") == retries)
        #expect(try Self.scraped(spans.reversed()).sum("gen_ai_client_retries_total") == retries)
    }

    @Test func `a tool fails with the span below it that says so`() throws {
        let tool = SpanContent("tool", ["span.type": "tool", "tool_name": "t"])
        var execution = SpanContent("execution", ["span.type": "tool.execution", "success": false])
        execution.spanID[0] = 9
        execution.parentSpanID = tool.spanID
        let scraped = try Self.scraped([execution, tool])
        #expect(scraped.series("gen_ai_tool_calls_total") == ["{tool=\"t\",outcome=\"error\"} 1"])
    }

    @Test func `evaluations are counted one by one`() throws {
        var span = SpanContent("chat", kind: .client, ["gen_ai.operation.name": "chat"])
        let event = "gen_ai.evaluation.result"
        span.events = [
            (event, 1, ["gen_ai.evaluation.name": "relevance", "gen_ai.evaluation.score.label": "pass"]),
            (event, 2, ["gen_ai.evaluation.name": "tone", "gen_ai.evaluation.score.value": 0.25]),
            ("other", 3, ["gen_ai.evaluation.name": "no"]),
            (event, 4, ["gen_ai.evaluation.name": "relevance", "gen_ai.evaluation.score.label": "fail"]),
        ]
        let scraped = try Self.scraped([span, span])
        #expect(
            scraped.series("gen_ai_evaluations_total") == [
                "{evaluation=\"relevance\",label=\"fail\"} 2", "{evaluation=\"relevance\",label=\"pass\"} 2",
                "{evaluation=\"tone\"} 2",
            ])
        #expect(scraped.sum("gen_ai_evaluation_score_sum", "evaluation=\"tone\"") == 0.5)
        #expect(scraped.sum("gen_ai_client_operation_duration_seconds_count") == 2)
    }
}

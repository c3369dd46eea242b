import Captures
import Foundation
import Packs
import Testing

@Suite struct `Model call captures` {
    /// What happened by the captures' own description, and what of it a client's spans can tell.
    struct Client: CustomTestStringConvertible, Sendable {
        let name: String
        var untracedCalls = 0
        var input = 352.0
        var output = 56.0
        var retries = 0.0

        var testDescription: String { name }
    }

    static let clients = [
        // Four calls of another provider come on top, each traced by two instrumentations.
        Client(name: "genai-traceloop", input: 352 + 3 * 47, output: 56 + 3 * 9, retries: 1),
        // The responses API is not traced by this client.
        Client(name: "genai-openai-v2", untracedCalls: 1, input: 310, output: 49),
        Client(name: "genai-openinference"),
        Client(name: "genai-logfire"),
    ]

    @Test(arguments: clients) func `calls, errors, tokens and retries equal what happened`(_ client: Client)
        throws
    {
        let truth = try Truth(client.name)
        let scraped = try Scraped(try Fixtures.traceBodies(client.name))

        let calls = scraped.sum("gen_ai_client_operation_duration_seconds_count")
        #expect(calls == Double(truth.calls - client.untracedCalls))
        #expect(scraped.sum("gen_ai_client_errors_total") == Double(truth.errors))
        #expect(scraped.sum("gen_ai_client_tokens_total", "direction=\"input\"") == client.input)
        #expect(scraped.sum("gen_ai_client_tokens_total", "direction=\"output\"") == client.output)
        #expect(scraped.sum("gen_ai_client_token_usage_sum", "direction=\"input\"") == client.input)
        #expect(scraped.sum("gen_ai_client_retries_total") == client.retries)
        #expect(scraped.refusals == [:])
    }

    @Test func `an agent's totals are not counted, and its tools are`() throws {
        let scraped = try Scraped(try Fixtures.traceBodies("pydantic-ai"))
        #expect(scraped.sum("gen_ai_client_operation_duration_seconds_count") == 4)
        #expect(scraped.sum("gen_ai_client_tokens_total", "direction=\"input\"") == 3 * 42)
        #expect(scraped.sum("gen_ai_client_tokens_total", "cache=\"read\"") == 3 * 16)
        #expect(scraped.sum("gen_ai_client_tokens_total", "direction=\"output\"") == 3 * 7)
        #expect(scraped.sum("gen_ai_client_errors_total", "error_type=\"pydantic_ai") == 1)
        #expect(
            scraped.series("gen_ai_tool_calls_total") == ["{tool=\"get_weather\",outcome=\"success\"} 1"])
        let cost = scraped.sum("gen_ai_client_cost_usd_total", "cost_source=\"reported\"")
        #expect(abs(cost - 3 * 9.3e-06) < 1e-12)
        #expect(scraped.sum("gen_ai_client_cost_unknown_total") == 0)
    }

    @Test(arguments: ["run01", "run05"]) func `calls inside of routing tests are marked`(_ run: String) throws
    {
        let all = try Fixtures.truth("skill-routing")
        let truth = try #require(all[run] as? [String: Any])
        let total = try #require(truth["total"] as? [String: Double])
        let spans = try #require(truth["total_spans"] as? Double)
        let scraped = try Scraped(try Fixtures.bodies("skill-routing/\(run)"))
        let calls = spans - (try #require(total["spans"]))
        #expect(scraped.sum("gen_ai_client_operation_duration_seconds_count") == calls)
        guard calls > 0 else { return }
        let retries = scraped.sum("gen_ai_client_retries_total")
        #expect(retries == total["retries"])
        let input = scraped.sum("gen_ai_client_tokens_total", "within=\"routing\"", "direction=\"input\"")
        #expect(input > 0)
        #expect(scraped.sum("gen_ai_client_tokens_total", "direction=\"input\"") == input)
    }

    @Test func `spans that name both their scopes' calls count once in either order and over requests`()
        throws
    {
        let bodies = try Fixtures.traceBodies("genai-traceloop")
        let once = try Scraped(bodies)
        // The same spans again are repeats only to the window of known spans, which this path has not.
        #expect(once.sum("gen_ai_client_operation_duration_seconds_count", "provider=\"anthropic\"") == 4)
        #expect(once.sum("gen_ai_client_errors_total", "provider=\"anthropic\"") == 1)
    }
}

/// How many calls there were, by the captures' description.
private struct Truth {
    let calls: Int
    let errors: Int

    init(_ client: String) throws {
        let data = try Data(contentsOf: Fixtures.root.appending(path: client).appending(path: "truth.json"))
        let list = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
        // "2 async chats" is one entry for two calls.
        calls = list.reduce(0) { $0 + (($1["call"] as? String)?.hasPrefix("2 ") == true ? 2 : 1) }
        errors = list.filter { $0["ok"] as? Bool == false }.count
    }
}

extension Fixtures {
    /// The bodies of a run that are traces.
    static func traceBodies(_ run: String) throws -> [[UInt8]] {
        try CapturedBody.all().filter { $0.isTraces && $0.path.hasPrefix(run + "/") }.map(\.bytes)
    }
}

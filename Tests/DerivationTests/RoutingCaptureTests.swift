import Captures
import Testing

@Suite struct `Routing captures` {
    static let runs = ["run01", "run02", "run03", "run04", "run05", "run09-typedrift"]

    @Test(arguments: runs) func `sums equal what the suite itself reported`(_ run: String) throws {
        let all = try Fixtures.truth("skill-routing")
        let truth = try #require(all[run] as? [String: Any])
        let total = try #require(truth["total"] as? [String: Double])
        let scraped = try Scraped(try Fixtures.bodies("skill-routing/\(run)"))

        #expect(scraped.sum("routing_test_results_total") == total["spans"])
        #expect(scraped.sum("routing_test_results_total", "outcome=\"passed\"") == total["passed"])
        let misrouted = scraped.sum("routing_test_results_total", "outcome=\"misrouted\"")
        let errors = scraped.sum("routing_test_results_total", "outcome=\"error\"")
        #expect(misrouted + errors == total["failed"])
        #expect(scraped.sum("routing_test_retries_total") == total["retries"])
        let calls = try #require(total["spans"]) + (try #require(total["retries"]))
        #expect(scraped.sum("routing_test_api_calls_total") == calls)
        let allSpans = try #require(truth["total_spans"] as? Double)
        #expect(scraped.sum("traces_spanmetrics_calls_total") == allSpans)

        let bySkill = try #require(truth["by_skill"] as? [String: [String: Double]])
        for (skill, sums) in bySkill {
            let label = "skill=\"\(skill)\""
            #expect(
                scraped.sum("routing_test_tokens_total", label, "direction=\"input\"") == sums["token_input"])
            #expect(
                scraped.sum("routing_test_tokens_total", label, "direction=\"output\"")
                    == sums["token_output"])
            let cost = scraped.sum("routing_test_cost_usd_sum", label)
            let expectedCost = try #require(sums["cost_usd"])
            #expect(abs(cost - expectedCost) < 1e-9)
            let latency = scraped.sum("routing_test_api_latency_seconds_sum", label)
            // Whole milliseconds in one run, four decimals in the others.
            let expectedLatency = try #require(sums["latency_sum"])
            let tolerance = 0.001 * (try #require(sums["spans"]))
            #expect(abs(latency - expectedLatency) < tolerance)
        }
    }

    @Test func `a value of another type is read, and not-a-number is refused and counted`() throws {
        let scraped = try Scraped(try Fixtures.bodies("skill-routing/run09-typedrift"))
        #expect(scraped.refusals == ["routing-tests/confidence not_finite": 1])
        #expect(scraped.sum("routing_test_confidence_count") == 39)
    }
}

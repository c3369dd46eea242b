import Derivation
import Testing
import TraceBuilder

@Suite struct `The pack routing-tests` {
    static func scraped(_ spans: [SpanContent]) throws -> Scraped {
        try Scraped([TraceBody.bytes(spans)], enabled: ["routing-tests"])
    }

    /// A routing test that went well.
    static func routed(seconds: Double = 1, _ attributes: Attributes) -> SpanContent {
        routed(.ok, seconds: seconds, attributes)
    }

    /// A routing test with these attributes; a span of the suite by its name.
    static func routed(
        _ status: SpanContent.Status, seconds: Double = 1, _ attributes: Attributes
    ) -> SpanContent {
        SpanContent("routing_test_TC1", status: status, seconds: seconds, attributes)
    }

    @Test(
        arguments: [
            (SpanContent.Status.ok, ["expected_skill": "a", "actual_skill": "a"], "passed"),
            (.ok, ["expected_skill": "a", "actual_skill": "b"], "passed"),
            (.ok, [:], "passed"),
            (.unset, ["expected_skill": "a", "actual_skill": "a"], "passed"),
            (.unset, ["expected_skill": "a", "actual_skill": "b"], "misrouted"),
            (.unset, ["expected_skill": "a", "actual_skill": ""], "error"),
            (.unset, ["expected_skill": "a"], "error"),
            (.unset, [:], "passed"),
            (.error, ["expected_skill": "a", "actual_skill": "b"], "misrouted"),
            (.error, ["expected_skill": "a", "actual_skill": "a"], "error"),
            (.error, ["expected_skill": "a", "actual_skill": ""], "error"),
            (.error, [:], "error"),
        ] as [(SpanContent.Status, Attributes, String)])
    func `decides the outcome by the status, then by the skills`(
        status: SpanContent.Status, attributes: Attributes, outcome: String
    ) throws {
        let scraped = try Self.scraped([Self.routed(status, attributes)])
        #expect(scraped.label("outcome", of: "routing_test_results_total") == outcome)
    }

    @Test(
        arguments: [
            ([:], "none"), (["experiment.variant": ""], "none"),
            (["experiment.variant": "control"], "control"),
            (["experiment.variant": "baseline"], "control"), (["experiment.variant": "B"], "treatment"),
        ] as [(Attributes, String)])
    func `knows the arm of an experiment by its variant`(attributes: Attributes, arm: String) throws {
        let scraped = try Self.scraped([Self.routed(attributes)])
        #expect(scraped.label("arm", of: "routing_test_results_total") == arm)
    }

    @Test func `holds what the model is sure of against what is right`() throws {
        let right: Attributes = ["expected_skill": "a", "actual_skill": "a", "confidence": 0.9]
        let sure: Attributes = ["expected_skill": "a", "actual_skill": "b", "confidence": 0.95]
        let unsure: Attributes = ["expected_skill": "a", "actual_skill": "b", "confidence": 0.2]
        let tried: Attributes = [
            "expected_skill": "a", "actual_skill": "b", "confidence": 0.95, "experiment.variant": "B",
        ]
        let scraped = try Self.scraped([
            Self.routed(right), Self.routed(.error, sure), Self.routed(.error, unsure), Self.routed(tried),
            // Neither is a decision with a confidence.
            Self.routed(.error, ["expected_skill": "a", "actual_skill": "", "confidence": 0.95]),
            Self.routed(["expected_skill": "a", "actual_skill": "a", "confidence": 95]),
            Self.routed(["expected_skill": "a", "actual_skill": "a"]),
        ])
        let cases = "routing_test_calibration_cases_total"
        #expect(scraped.sum(cases, "confidence=\"0.9 to 1\"", "outcome=\"passed\"") == 1)
        #expect(scraped.sum(cases, "confidence=\"0.9 to 1\"", "outcome=\"misrouted\"") == 1)
        #expect(scraped.sum(cases, "confidence=\"below 0.5\"") == 1)
        #expect(scraped.sum(cases) == 3)
        #expect(scraped.sum("routing_test_calibration_confidence_total", "confidence=\"0.9 to 1\"") == 1.85)
    }

    /// Reported latency, the span's seconds, and the latency in seconds.
    @Test(arguments: [
        (0.5, 0.6, 0.5), (500, 0.6, 0.5), (60, 0.6, 60), (61, 0.6, 0.061), (1200, 0.6, 1.2),
        (1201, 0.6, 1201),
        (0, 0.6, 0),
    ]) func `takes a latency that cannot be seconds for milliseconds`(
        reported: Double, seconds: Double, latency: Double
    ) throws {
        let span = Self.routed(seconds: seconds, ["api_latency": .double(reported)])
        #expect(try Self.scraped([span]).sum("routing_test_api_latency_seconds_sum") == latency)
    }

    @Test func `counts calls, retries and failed calls`() throws {
        let scraped = try Self.scraped([
            Self.routed(.ok, ["skill.name": "a", "retry_count": 2, "error_type": "429"]),
            Self.routed(.error, ["skill.name": "a", "retry_count": 3, "error_type": "5xx"]),
            Self.routed(.error, ["skill.name": "a", "error_type": "timeout"]),
            Self.routed(.error, ["skill.name": "a", "error_type": ""]),
            Self.routed(.ok, ["skill.name": "a", "retry_count": 1]),
        ])
        #expect(
            scraped.series("routing_test_retries_total").sorted() == [
                "{skill=\"a\",error_type=\"429\"} 2", "{skill=\"a\",error_type=\"5xx\"} 3",
                "{skill=\"a\",error_type=\"_OTHER\"} 1",
            ])
        #expect(
            scraped.series("routing_test_api_errors_total").sorted() == [
                "{error_type=\"429\"} 2", "{error_type=\"5xx\"} 4", "{error_type=\"_OTHER\"} 1",
                "{error_type=\"timeout\"} 1",
            ])
        #expect(scraped.series("routing_test_api_calls_total") == ["{skill=\"a\"} 11"])
    }

    @Test func `counts tokens by direction and skips what it was not told`() throws {
        let scraped = try Self.scraped([
            Self.routed(["skill.name": "a", "model": "m", "token_input": 10, "token_output": "4"]),
            Self.routed(["skill.name": "a", "gen_ai.response.model": "m", "gen_ai.usage.input_tokens": 5]),
            Self.routed(["skill.name": "a", "token_output": "many"]),
        ])
        #expect(
            scraped.series("routing_test_tokens_total").sorted() == [
                "{skill=\"a\",arm=\"none\",model=\"m\",direction=\"input\"} 15",
                "{skill=\"a\",arm=\"none\",model=\"m\",direction=\"output\"} 4",
            ])
        #expect(scraped.refusals == ["routing-tests/tokens unparsable": 1])
    }

    @Test(
        arguments: [
            (["cost_usd": 0.25, "token_input": 10], 0.25, 1, 0),
            (["cost_usd": 0, "token_input": 10], 0, 0, 1),
            (["token_output": 10], 0, 0, 1),
            (["cost_usd": 0], 0, 1, 0),
            (["cost_usd": 0.25], 0.25, 1, 0),
            ([:], 0, 0, 0),
            (["cost_usd": -1, "token_input": 10], 0, 0, 0),
        ] as [(Attributes, Double, Double, Double)])
    func `never takes tokens of unknown price for free`(
        attributes: Attributes, cost: Double, costs: Double, unknown: Double
    ) throws {
        let scraped = try Self.scraped([Self.routed(attributes)])
        #expect(scraped.sum("routing_test_cost_usd_sum") == cost)
        #expect(scraped.sum("routing_test_cost_usd_count") == costs)
        #expect(scraped.sum("routing_test_cost_unknown_total") == unknown)
    }

    @Test func `keeps the confusion matrix`() throws {
        let scraped = try Self.scraped([
            Self.routed(["expected_skill": "a", "actual_skill": "a"]),
            Self.routed(["expected_skill": "a", "actual_skill": "a"]),
            Self.routed(.error, ["expected_skill": "a", "actual_skill": "b"]),
            Self.routed(.error, ["expected_skill": "a", "actual_skill": ""]),
        ])
        #expect(
            scraped.series("routing_test_routed_total").sorted() == [
                "{expected_skill=\"a\",actual_skill=\"a\"} 2", "{expected_skill=\"a\",actual_skill=\"b\"} 1",
            ])
    }

    @Test func `counts patterns of failed inputs only`() throws {
        let scraped = try Self.scraped([
            Self.routed(.ok, ["input.pattern": "short"]), Self.routed(.error, ["input.pattern": "short"]),
            Self.routed(.error, ["input.pattern": "long"]), Self.routed(.error, [:]),
        ])
        #expect(
            scraped.series("routing_test_input_pattern_failures_total").sorted() == [
                "{pattern=\"long\"} 1", "{pattern=\"short\"} 1",
            ])
    }

    @Test func `adds up what workers were busy with, and what the router was sure of`() throws {
        let scraped = try Self.scraped([
            Self.routed(seconds: 2, ["worker_id": "gw0", "confidence": 0.95]),
            Self.routed(seconds: 3, ["worker_id": "gw0", "confidence": .double(.nan)]),
        ])
        #expect(scraped.series("routing_test_worker_busy_seconds_total") == ["{worker=\"gw0\"} 5"])
        #expect(scraped.sum("routing_test_confidence_bucket", "le=\"0.9\"") == 0)
        #expect(scraped.sum("routing_test_confidence_bucket", "le=\"1\"") == 1)
        #expect(scraped.refusals == ["routing-tests/confidence not_finite": 1])
    }

    @Test func `knows a test by its name or by its skills and leaves the rest unmatched`() throws {
        let scraped = try Self.scraped([
            SpanContent("routing_test_TC1"), SpanContent("any", ["skill.name": "a", "expected_skill": "a"]),
            SpanContent("chat", kind: .client, ["gen_ai.usage.input_tokens": 10]),
            SpanContent("any", ["skill.name": "a"]), SpanContent("routing_tes"),
        ])
        #expect(scraped.sum("routing_test_results_total") == 2)
        #expect(scraped.sum("routing_test_tokens_total") == 0)
        #expect(scraped.counts.map(\.unmatched) == [3])
    }
}

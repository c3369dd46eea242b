import Testing

@Suite struct `Captures of test tools` {
    typealias Tests = [String: [String: Any]]

    /// The truth of one run, by test.
    static func tests(_ tool: String, _ run: String) throws -> Tests {
        let runs = try Fixtures.truth(tool)["runs"] as? [[String: Any]]
        let found = try #require(runs?.first { $0["run"] as? String == run })
        return try #require(found["tests"] as? Tests)
    }

    static func attempts(_ test: [String: Any]) throws -> [[String: Any]] {
        try #require(test["attempts"] as? [[String: Any]])
    }

    static func hasCall(_ attempt: [String: Any]) -> Bool {
        (attempt["phases"] as? [String: Any])?["call"] != nil
    }

    /// What the root span of a test says, as far as its status can: later attempts and what follows the call
    /// do not show.
    static func rootOutcome(_ test: [String: Any]) throws -> String {
        let attempts = try attempts(test)
        let final = try #require(test["final"] as? String)
        if attempts.count > 1, attempts.contains(where: hasCall) { return "passed" }
        switch final {
        case "failed", "error(setup)": return "failed"
        case "skipped": return hasCall(attempts[0]) ? "passed" : "skipped"
        default: return "passed"
        }
    }

    @Test(arguments: ["run01", "run02"]) func `a test is counted once, its phases and fixtures not at all`(
        run: String
    ) throws {
        let tests = try Self.tests("pytest-opentelemetry", run)
        let scraped = try Scraped(try Fixtures.bodies("pytest-opentelemetry/\(run)"))
        var expected: [String: Double] = [:]
        for test in tests.values { expected[try Self.rootOutcome(test), default: 0] += 1 }
        #expect(expected.count == 3)
        #expect(scraped.sum("test_attempts_total") == Double(tests.count))
        for (outcome, count) in expected {
            let counted = scraped.sum("test_attempts_total", "outcome=\"\(outcome)\"")
            #expect(counted == count, "\(outcome)")
        }
        let suites = Set(tests.keys.compactMap { $0.split(separator: "::").first })
        for suite in suites {
            let wanted = tests.keys.filter { $0.hasPrefix(suite + "::") }.count
            let counted = scraped.sum("test_attempts_total", "suite=\"\(suite)\"")
            #expect(counted == Double(wanted), "\(suite)")
        }
        #expect(scraped.sum("traces_spanmetrics_calls_total") > Double(4 * tests.count))
    }

    @Test(arguments: ["run03", "run06"]) func `an attempt without a span of its own cannot be counted`(
        run: String
    ) throws {
        let scraped = try Scraped(try Fixtures.bodies("pytest-otel/\(run)"))
        var expected: [String: Double] = [:]
        for (name, test) in try Self.tests("pytest-otel", run) {
            for attempt in try Self.attempts(test) where Self.hasCall(attempt) {
                let outcome = try #require(attempt["outcome"] as? String)
                // The tool takes an expected failure for a failure and an unexpected success for a success.
                let isStrict = name.hasSuffix("test_strict_xpass")
                let failed = (outcome.hasPrefix("failed") && !isStrict) || outcome == "xfailed"
                expected[failed ? "failed" : "passed", default: 0] += 1
            }
        }
        for outcome in ["passed", "failed", "skipped", "error"] {
            let counted = scraped.sum("test_attempts_total", "outcome=\"\(outcome)\"")
            #expect(counted == expected[outcome] ?? 0, "\(outcome)")
        }
    }

    @Test func `keywords that failed below a test that passed are not counted`() throws {
        let truth = try Fixtures.truth("robotframework-tracer")
        let run = try #require(truth["run01"] as? [String: Any])
        let tests = try #require(run["tests"] as? Tests)
        let scraped = try Scraped(try Fixtures.bodies("robotframework-tracer/run01"))
        for (status, outcome) in [("PASS", "passed"), ("FAIL", "failed"), ("SKIP", "skipped")] {
            let wanted = tests.values.filter { $0["status"] as? String == status }.count
            let counted = scraped.sum("test_attempts_total", "outcome=\"\(outcome)\"")
            #expect(counted == Double(wanted), "\(outcome)")
            #expect(wanted > 0)
        }
        let failedSpans = scraped.sum("traces_spanmetrics_calls_total", "status_code=\"STATUS_CODE_ERROR\"")
        #expect(failedSpans > scraped.sum("test_attempts_total", "outcome=\"failed\""))
    }
}

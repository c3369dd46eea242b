import Folding
import Foundation
import Statistics
import Testing
import TraceBuilder

@Suite struct `Experiments and skills` {
    private static let start: Int64 = 1_700_000_000_000
    private static let caseCount = 24

    /// Two runs: the first of the skill's first edition, the second of another one, and with an experiment whose
    /// treatment runs the same cases. Each run's cases of one arm are one request.
    private static var requests: [[SpanContent]] {
        [request(1, variant: nil, failing: 6), request(2, variant: "control", failing: 4), tried]
    }

    /// All of them fail but one.
    private static var tried: [SpanContent] { request(2, variant: "treatment", failing: 23) }

    private static func request(_ run: Int, variant: String?, failing: Int) -> [SpanContent] {
        (0..<caseCount).map { number in
            var span = SpanContent(
                "routing_test_TC\(number)",
                [
                    "skill.name": "search", "expected_skill": "search",
                    "actual_skill": .text(number < failing ? "other" : "search"),
                    "skill.md.hash": .text("hash\(run)"), "test.run.sequence": .int(Int64(run)),
                    "token_input": 100, "token_output": 20, "cost_usd": .double(0.25),
                    "api_latency": .double(2),
                ])
            if let variant {
                span.attributes.append(("experiment.id", "better"))
                span.attributes.append(("experiment.variant", .text(variant)))
            }
            let arm: UInt8 = variant == nil ? 0 : variant == "control" ? 1 : 2
            span.traceID = [UInt8](repeating: UInt8(number), count: 14) + [UInt8(run), arm]
            span.spanID = [1, 2, 3, 4, 5, UInt8(number), UInt8(run), arm + 1]
            span.startNanoseconds = UInt64(start + Int64(run) * 3_000_000 + Int64(number)) * 1_000_000
            span.endNanoseconds = span.startNanoseconds + 2_000_000_000
            span.status =
                number < failing ? SpanContent.Status.error.rawValue : SpanContent.Status.ok.rawValue
            return span
        }
    }

    private static func arrival(of request: [SpanContent]) -> Int64 {
        Int64((request.last?.endNanoseconds ?? 0) / 1_000_000) + 1_000
    }

    private static func send(_ requests: ArraySlice<[SpanContent]>, to life: Life) async throws {
        for request in requests {
            let end = arrival(of: request)
            try await life.take(TraceBody.bytes(request), at: end)
            try await life.decide(at: end + 10_000)
        }
    }

    private static func finish(_ life: Life) async throws -> [String: Double] {
        try await life.decide(.everything, at: start + 10_000_000)
        let lines = life.lines { $0.hasPrefix("experiment_") || $0.hasPrefix("skill_") }
        try await life.end()
        let pairs = lines.map { line in
            let space = line.lastIndex(of: " ") ?? line.endIndex
            let name = line[..<space].replacing("service=\"shop\",environment=\"default\",", with: "")
            return (String(name), Double(line[space...].dropFirst()) ?? .nan)
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    @Test func `are told of as their spans say`() async throws {
        let directory = try LifeDirectory()
        let life = try await Life(in: directory.path, now: Self.start)
        try await Self.send(Self.requests[...], to: life)
        let shown = try await Self.finish(life)
        func arm(_ name: String, _ variant: String, _ more: String = "") -> Double? {
            shown["experiment_\(name){experiment=\"better\",variant=\"\(variant)\"\(more)}"]
        }
        #expect(arm("cases", "control") == 24)
        #expect(arm("cases", "treatment") == 24)
        #expect(arm("pass_ratio", "control") == 20.0 / 24)
        #expect(arm("pass_ratio", "treatment") == 1.0 / 24)
        #expect(arm("cost_usd_per_case", "control") == 0.25)
        #expect(arm("tokens_per_case", "treatment") == 120)
        #expect(abs(try #require(arm("latency_p95_seconds", "control")) / 2 - 1) < 0.011)
        #expect(arm("lift", "treatment") == 1.0 / 24 - 20.0 / 24)
        #expect(arm("lift", "control") == nil)
        let (control, treatment) = (PassCount(20, of: 24), PassCount(1, of: 24))
        #expect(
            arm("p_value", "treatment", ",test=\"fisher\"") == FisherTest.pValue(control, treatment))
        #expect(
            arm("p_value", "treatment", ",test=\"mcnemar\"")
                == McNemarTest(onlyFirst: 19, onlySecond: 0).exactPValue)
        #expect(arm("winner", "control") == 1)
        #expect(arm("winner", "treatment") == 0)
        #expect(shown["experiment_state{experiment=\"better\",state=\"winner\"}"] == 1)
        #expect(shown["experiment_srm_p_value{experiment=\"better\"}"] == 1)
        #expect(shown["skill_changes_total{skill=\"search\"}"] == 1)
        #expect(shown["skill_pass_ratio{skill=\"search\",version=\"current\"}"] == 20.0 / 24)
        #expect(shown["skill_pass_ratio{skill=\"search\",version=\"previous\"}"] == 18.0 / 24)
        #expect(shown["skill_change_impact{skill=\"search\"}"] == 20.0 / 24 - 18.0 / 24)
    }

    /// The directory is copied as it is at some moment: that is what a crash leaves.
    @Test(arguments: 0...3, [false, true])
    func `are the same whenever the process dies, and what is sent again counts once`(
        count: Int, hasCheckpoint: Bool
    ) async throws {
        let place = try LifeDirectory()
        let whole = try await Life(in: place.path, now: Self.start)
        try await Self.send(Self.requests[...], to: whole)
        let wanted = try await Self.finish(whole)
        let (directory, copy) = (try LifeDirectory(), try LifeDirectory())
        let first = try await Life(in: directory.path, now: Self.start)
        try await Self.send(Self.requests.prefix(count), to: first)
        // What is sent again comes within the time that spans are known.
        let death = (count == 0 ? Self.start : Self.arrival(of: Self.requests[count - 1])) + 60_000
        if hasCheckpoint { try await first.checkpoint(now: death) }
        try directory.copy(to: copy)
        try await first.end()
        let life = try await Life(in: copy.path, now: death)
        try await Self.send(Self.requests[max(0, count - 1)...], to: life)
        #expect(try await Self.finish(life) == wanted)
    }

    @Test func `leave production's figures alone`() async throws {
        func figures(_ requests: [[SpanContent]]) async throws -> [String] {
            let directory = try LifeDirectory()
            let life = try await Life(in: directory.path, now: Self.start)
            try await Self.send(requests[...], to: life)
            try await life.decide(.everything, at: Self.start + 10_000_000)
            let kept = ["test_case_", "test_cases", "test_run_last_", "skill_", "routing_test_results_total"]
            let counters = ["test_case_results_total", "test_case_duration_seconds"]
            let lines = life.lines { name in
                kept.contains { name.hasPrefix($0) } && !counters.contains(name)
                    && !name.hasSuffix("_timestamp_seconds")
            }
            try await life.end()
            return lines.filter { !$0.contains("arm=\"treatment\"") }.sorted()
        }
        let plain = try await figures(Array(Self.requests.prefix(2)))
        #expect(plain.contains { $0.hasPrefix("test_case_state") })
        #expect(plain.contains { $0.hasPrefix("skill_change_impact") })
        #expect(try await figures(Self.requests) == plain)
    }
}

import Captures
import Folding
import Foundation
import MetricModel
import Packs
import Testing
import TraceBuilder

/// Tools of which there is no capture, as their documents say.
@Suite struct `Tools by their documents` {
    private let story = Story()

    @Test func `attempts that number themselves, in traces of their own`() throws {
        var replay = try Replay()
        func attempt(_ number: Int64, trace: UInt8, _ result: AttributeContent) throws {
            var story = Story()
            story.trace = trace
            let start = UInt64(trace) * 100
            try replay.apply(
                story.span(
                    "Total_is_right", id: 2, below: 1, start...start + 50, number == 0 ? .error : .unset,
                    [
                        "tunit.test.class": "CartTests", "tunit.test.method": "Total_is_right",
                        "test.case.name": "Total_is_right", "tunit.test.id": "x:1",
                        "test.case.result.status": result, "tunit.test.retry_attempt": .int(number),
                    ]),
                // The system under test carries the test's id, too.
                story.span(
                    "GET /cart", id: 3, below: 2, start...start + 20, .error, ["tunit.test.id": "x:1"]),
                resource: ["service.name": "shop", "service.instance.id": "i-1"])
        }
        try attempt(0, trace: 2, "fail")
        try attempt(1, trace: 3, "pass")
        try replay.apply(
            story.span("session", id: 9, 0...900, .ok, ["tunit.session.id": "s"]),
            resource: ["service.name": "shop", "service.instance.id": "i-1"])
        replay.now += 5_000
        let batch = replay.decide(.tick)
        #expect(batch.results.map(\.test) == ["CartTests.Total_is_right"])
        #expect(batch.results.map(\.outcome) == [.flaky])
        #expect(batch.results.first?.suite == "CartTests")
        #expect(batch.runs.map(\.ended) == [.passed])
    }

    @Test func `spans without a length that say how long it took`() throws {
        var replay = try Replay()
        func test(_ name: String, _ id: UInt8, _ status: AttributeContent, _ milliseconds: Int64)
            -> SpanContent
        {
            story.span(
                name, id: id, below: 1, 0...0, .unset,
                [
                    "tests.case.status": status, "tests.case.classname": "cart.Total",
                    "tests.case.duration": .int(milliseconds), "tests.suite.suitename": "cart",
                    "tests.case.error": "expected 3 but was 17",
                ])
        }
        try replay.apply(test("adds", 2, "passed", 1_500), test("rounds", 3, "failed", 20))
        replay.now += 29_999
        #expect(replay.decide(.tick).runs.allSatisfy { $0.ended == nil })
        replay.now += 1
        #expect(replay.decide(.tick).runs.map(\.ended) == [.failed])
    }

    @Test func `durations and messages of theirs`() throws {
        var replay = try Replay()
        try replay.apply(
            story.span(
                "rounds", id: 3, below: 1, 0...0, .unset,
                [
                    "tests.case.status": "failed", "tests.case.classname": "cart.Total",
                    "tests.case.duration": 20, "tests.case.error": "expected 3 but was 17",
                ]))
        let result = try #require(replay.decide(.everything).results.first)
        #expect(result.test == "cart.Total.rounds")
        #expect(result.suite == "cart.Total")
        #expect(result.seconds == 0.02)
        #expect(result.attempts.map(\.outcome) == [.failed])
        #expect(result.pattern == "expected # but was #")
    }

    @Test func `repeats that only say so themselves, and a last one before the run's end`() throws {
        var replay = try Replay()
        func test(_ id: UInt8, at time: UInt64, _ status: AttributeContent, retry: Bool, isLast: Bool = false)
            -> SpanContent
        {
            var span = story.span(
                "run", id: id, below: 1, time...time + 10, .unset,
                ["test.name": "adds", "test.suite": "cart", "test.status": status, "test_session_id": "s"])
            if retry { span.attributes.append(("test.is_retry", "true")) }
            if isLast { span.attributes.append(("test.final_status", status)) }
            return span
        }
        try replay.apply(test(2, at: 0, "pass", retry: false), test(3, at: 20, "pass", retry: true))
        replay.now += 10_000
        #expect(replay.decide(.tick).isEmpty)
        try replay.apply(
            test(4, at: 40, "fail", retry: true), test(5, at: 60, "pass", retry: true, isLast: true))
        replay.now += 5_000
        let batch = replay.decide(.tick)
        #expect(batch.results.map { $0.attempts.map(\.outcome) } == [[.passed, .passed, .failed, .passed]])
        #expect(batch.results.map(\.outcome) == [.flaky])
        // The same test once more, and no repeat.
        try replay.apply(test(6, at: 80, "fail", retry: false))
        replay.now += 120_000
        let second = replay.decide(.tick)
        #expect(second.results.map(\.outcome) == [.failed])
        #expect(second.results.map(\.occurrence) == [1])
        #expect(second.runs.compactMap(\.ended) == [.failed])
    }

    @Test func `the conventions themselves`() throws {
        var replay = try Replay()
        func test(_ id: UInt8, at time: UInt64, _ status: AttributeContent) -> SpanContent {
            story.span(
                "case", id: id, below: 1, time...time + 10, .unset,
                ["test.case.name": "adds", "test.suite.name": "cart", "test.case.result.status": status])
        }
        try replay.apply(
            test(2, at: 0, "fail"), test(3, at: 20, "pass"), test(4, at: 40, "pass"),
            story.span("suite", id: 1, 0...60, .ok, ["test.suite.run.status": "success"]))
        replay.now += 5_000
        let batch = replay.decide(.tick)
        #expect(batch.results.map(\.outcome) == [.flaky, .passed])
        #expect(batch.results.map(\.occurrence) == [0, 1])
        #expect(batch.runs.map(\.ended) == [.passed])
    }

    @Test func `a tool that only a user's pack knows`() throws {
        let pack = try #require(try Readme.packs().first { $0.contains("folds:") })
        let mine = PackSource(file: "README.md", text: pack)
        var replay = try Replay(PackSource.builtIn + [mine])
        func test(_ id: UInt8, _ status: AttributeContent, retry: Int64) -> SpanContent {
            story.span(
                "t", id: id, UInt64(id) * 10...UInt64(id) * 10 + 5, .unset,
                [
                    "test.case.name": "pays", "test.case.result.status": "pass", "test.suite.name": "cart",
                    "test.project": "chromium", "test.status": status, "test.retry": .int(retry),
                    "test.duration_ms": 250,
                ])
        }
        let resource: Attributes = ["service.name": "shop", "service.instance.id": "i"]
        try replay.apply(test(2, "timedOut", retry: 0), resource: resource)
        try replay.apply(test(3, "passed", retry: 1), resource: resource)
        replay.now += 30_000
        let batch = replay.decide(.tick)
        #expect(batch.results.map(\.test) == ["chromium cart pays"])
        #expect(batch.results.map(\.outcome) == [.flaky])
        #expect(batch.results.map(\.seconds) == [0.25])
        #expect(batch.runs.map(\.ended) == [.passed])
    }
}

/// The packs that the README shows.
enum Readme {
    static func packs() throws -> [String] {
        let file = Fixtures.root.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "README.md")
        let readme = try String(contentsOf: file, encoding: .utf8)
        return readme.split(separator: "```yaml\n").dropFirst()
            .compactMap { $0.split(separator: "```", maxSplits: 1).first.map(String.init) }
            .filter { $0.hasPrefix("pack:") }
    }
}

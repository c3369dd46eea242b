import Folding
import Testing
import TraceBuilder

@Suite struct `Results of tests` {
    private static let start: Int64 = 1_700_000_000_000
    private static let run: [UInt8] = [9, 9, 9, 9, 9, 9, 9, 9]

    /// The spans of a small run in the order in which a client ends them: a test that is rescued by a rerun, one
    /// that passes, the run.
    private static var spans: [SpanContent] {
        var number: UInt8 = 0
        func span(
            _ name: String, _ test: String?, below parent: [UInt8], from: UInt64, to: UInt64,
            id: [UInt8]? = nil
        ) -> SpanContent {
            number += 1
            var span = SpanContent(
                name, test.map { ["pytest.nodeid": .text($0), "code.file.path": "t.py"] } ?? [:])
            span.spanID = id ?? [1, 0, 0, 0, 0, 0, 0, number]
            span.parentSpanID = parent
            span.startNanoseconds = UInt64(start) * 1_000_000 + from * 1_000_000
            span.endNanoseconds = UInt64(start) * 1_000_000 + to * 1_000_000
            return span
        }
        let flaky: [UInt8] = [2, 2, 2, 2, 2, 2, 2, 2]
        let plain: [UInt8] = [3, 3, 3, 3, 3, 3, 3, 3]
        var spans: [SpanContent] = []
        for attempt in 0..<2 as Range<UInt64> {
            for (place, phase) in ["setup", "call", "teardown"].enumerated() {
                let from = attempt * 100 + UInt64(place) * 30
                spans.append(
                    span("t.py::flaky::\(phase)", "t.py::flaky", below: flaky, from: from, to: from + 20))
            }
        }
        var own = span("t.py::flaky", "t.py::flaky", below: run, from: 0, to: 190, id: flaky)
        own.status = SpanContent.Status.ok.rawValue
        own.events = [
            (
                "exception", UInt64(start + 55) * 1_000_000,
                ["exception.type": "AssertionError", "exception.message": "lost 7"]
            )
        ]
        spans.append(own)
        for (place, phase) in ["setup", "call", "teardown"].enumerated() {
            let from = 200 + UInt64(place) * 30
            spans.append(
                span("t.py::plain::\(phase)", "t.py::plain", below: plain, from: from, to: from + 20))
        }
        spans.append(span("t.py::plain", "t.py::plain", below: run, from: 200, to: 290, id: plain))
        var all = span("test run", nil, below: [], from: 0, to: 300, id: run)
        all.attributes = [("pytest.span_type", "run")]
        return spans + [all]
    }

    private static let results = [
        "test_attempts_total{service=\"shop\",environment=\"default\",suite=\"t.py\",outcome=\"failed\"} 1",
        "test_attempts_total{service=\"shop\",environment=\"default\",suite=\"t.py\",outcome=\"passed\"} 2",
        "test_case_results_total{service=\"shop\",environment=\"default\",suite=\"t.py\",result=\"flaky\"} 1",
        "test_case_results_total{service=\"shop\",environment=\"default\",suite=\"t.py\",result=\"passed\"} 1",
        "test_cases{service=\"shop\",environment=\"default\",suite=\"t.py\",state=\"flaky\"} 1",
        "test_cases{service=\"shop\",environment=\"default\",suite=\"t.py\",state=\"new\"} 1",
        "test_retries_total{service=\"shop\",environment=\"default\",suite=\"t.py\",rescued=\"true\"} 1",
        "test_runs_total{service=\"shop\",environment=\"default\",result=\"passed\"} 1",
    ]

    private static func shown(_ life: Life) -> [String] {
        let wanted = ["test_attempts", "test_case_results", "test_cases{", "test_retries", "test_runs_total"]
        return life.lines.filter { line in wanted.contains { line.hasPrefix($0) } && !line.hasSuffix(" 0") }
            .sorted()
    }

    /// Sends span after span, a second apart, deciding once a second.
    private static func send(_ spans: ArraySlice<SpanContent>, to life: Life, at second: inout Int64)
        async throws
    {
        for span in spans {
            second += 1
            try await life.take(TraceBody.bytes([span]), at: start + second * 1_000)
            try await life.decide(at: start + second * 1_000)
        }
    }

    private static func finish(_ life: Life, at second: Int64) async throws -> [String] {
        for later in second + 1...second + 8 { try await life.decide(at: start + later * 1_000) }
        let shown = shown(life)
        try await life.end()
        return shown
    }

    @Test func `come once their tests are final, span by span`() async throws {
        let directory = try LifeDirectory()
        let life = try await Life(in: directory.path, now: Self.start)
        var second: Int64 = 0
        try await Self.send(Self.spans[...], to: life, at: &second)
        let shown = try await Self.finish(life, at: second)
        #expect(shown == Self.results)
    }

    @Test func `come all at a stop, though a decision waits for its commit`() async throws {
        let directory = try LifeDirectory()
        let life = try await Life(in: directory.path, now: Self.start)
        for span in Self.spans.dropLast(5) { try await life.take(TraceBody.bytes([span]), at: Self.start) }
        for span in Self.spans.suffix(5) {
            try await life.take(TraceBody.bytes([span]), at: Self.start + 6_000)
        }
        try await life.stopBehindTick(at: Self.start + 6_000)
        #expect(Self.shown(life) == Self.results)
        try await life.end()
    }

    /// The directory is copied as it is at some moment: that is what a crash leaves.
    @Test(arguments: 0...12, [false, true])
    func `are neither lost nor counted twice, whenever the process dies`(
        count: Int, hasCheckpoint: Bool
    ) async throws {
        let (directory, copy) = (try LifeDirectory(), try LifeDirectory())
        var second: Int64 = 0
        let first = try await Life(in: directory.path, now: Self.start)
        try await Self.send(Self.spans.prefix(count), to: first, at: &second)
        if hasCheckpoint { try await first.checkpoint(now: Self.start + second * 1_000) }
        try directory.copy(to: copy)
        try await first.end()
        // Whoever sent the last request was not answered, and sends it again.
        let life = try await Life(in: copy.path, now: Self.start + second * 1_000)
        try await Self.send(Self.spans[max(0, count - 1)...], to: life, at: &second)
        let shown = try await Self.finish(life, at: second)
        #expect(shown == Self.results)
    }

    @Test func `are there again after a stop, without a span or a decision`() async throws {
        let directory = try LifeDirectory()
        var second: Int64 = 0
        let life = try await Life(in: directory.path, now: Self.start)
        try await Self.send(Self.spans[...], to: life, at: &second)
        try await life.decide(.drain, at: Self.start + second * 1_000)
        try await life.checkpoint(now: Self.start + second * 1_000)
        try await life.end()
        let copy = try LifeDirectory()
        try directory.copy(to: copy)
        let next = try await Life(in: copy.path, now: Self.start + second * 1_000)
        let shown = try await Self.finish(next, at: second)
        #expect(shown == Self.results)
    }

    @Test func `that become due while the process stops are decided on by the next one`() async throws {
        let directory = try LifeDirectory()
        var second: Int64 = 0
        let life = try await Life(in: directory.path, now: Self.start)
        try await Self.send(Self.spans[...], to: life, at: &second)
        try await life.end()
        second += 8
        life.decideBehindEnd(at: Self.start + second * 1_000)
        let copy = try LifeDirectory()
        try directory.copy(to: copy)
        let next = try await Life(in: copy.path, now: Self.start + second * 1_000)
        let shown = try await Self.finish(next, at: second)
        #expect(shown == Self.results)
    }
}

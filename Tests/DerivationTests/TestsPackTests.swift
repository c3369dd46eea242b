import Derivation
import Testing
import TraceBuilder

@Suite struct `The pack tests` {
    /// A span, and the one series it becomes; none where it is no execution of a test.
    static let spans: [(span: SpanContent, series: String?)] = [
        (
            SpanContent("t.py::a", status: .ok, ["pytest.nodeid": "t.py::a", "code.filepath": "t.py"]),
            "suite=\"t.py\",outcome=\"passed\""
        ),
        (
            SpanContent("t.py::a", status: .error, ["pytest.nodeid": "t.py::a", "code.file.path": "n.py"]),
            "suite=\"n.py\",outcome=\"failed\""
        ),
        (SpanContent("t.py::a", ["pytest.nodeid": "t.py::a"]), "outcome=\"skipped\""),
        (SpanContent("t.py::a::call", status: .ok, ["pytest.nodeid": "t.py::a"]), nil),
        (SpanContent("test run", status: .ok, ["pytest.span_type": "run"]), nil),
        (SpanContent("db setup", ["pytest.span_type": "fixture", "code.filepath": "conftest.py"]), nil),

        (
            SpanContent("Running a", status: .ok, ["tests.status": "passed"]),
            "suite=\"scope\",outcome=\"passed\""
        ),
        (SpanContent("Running a", ["tests.status": "None"]), "suite=\"scope\",outcome=\"passed\""),
        (
            SpanContent("Running a", status: .error, ["tests.status": "failed"]),
            "suite=\"scope\",outcome=\"failed\""
        ),
        (SpanContent("Test Suite", kind: .server, ["tests.status": "failed"]), nil),

        (
            SpanContent(
                "A", status: .ok, ["rf.type": "TEST", "rf.status": "SKIP", "rf.test.source": "a.robot"]),
            "suite=\"a.robot\",outcome=\"skipped\""
        ),
        (SpanContent("A", status: .ok, ["rf.type": "TEST", "rf.status": "PASS"]), "outcome=\"passed\""),
        (SpanContent("A", status: .error, ["rf.type": "TEST", "rf.status": "FAIL"]), "outcome=\"failed\""),
        (SpanContent("A", ["rf.type": "TEST", "rf.status": "NOT RUN"]), "outcome=\"error\""),
        (SpanContent("A", status: .error, ["rf.type": "KEYWORD", "rf.status": "FAIL"]), nil),
        (SpanContent("Test Starting: A", ["rf.signal": "test.starting", "rf.test.name": "A"]), nil),

        (
            SpanContent(["test.case.name": "a", "test.case.result.status": "pass", "test.suite.name": "s"]),
            "suite=\"s\",outcome=\"passed\""
        ),
        (SpanContent(["test.case.name": "a", "test.case.result.status": "fail"]), "outcome=\"failed\""),
        (SpanContent(["test.case.name": "a", "test.case.result.status": "skipped"]), "outcome=\"skipped\""),
        (SpanContent(["test.case.name": "a", "test.case.result.status": "crashed"]), "outcome=\"error\""),
        (SpanContent(["test.case.name": "a"]), nil),
        (SpanContent(["test.case.result.status": "pass"]), nil),

        (
            SpanContent(["test.name": "a", "test.status": "pass", "test.suite": "s"]),
            "suite=\"s\",outcome=\"passed\""
        ),
        (SpanContent(["test.name": "a", "test.status": "fail"]), "outcome=\"failed\""),
        (SpanContent(["test.name": "a", "test.status": "skip"]), "outcome=\"skipped\""),
        (SpanContent(["test.name": "a", "test.status": "quarantined"]), "outcome=\"error\""),
        (SpanContent(["test.status": "pass", "test.suite": "s"]), nil),

        (
            SpanContent(["tests.case.status": "failed", "tests.case.classname": "C"]),
            "suite=\"C\",outcome=\"failed\""
        ),
        (SpanContent(["tests.case.status": "error"]), "outcome=\"error\""),
        (
            SpanContent("a", status: .error, ["tunit.test.id": "7", "tunit.test.class": "C"]),
            "suite=\"C\",outcome=\"failed\""
        ),
        (SpanContent("routing_test_TC1", status: .ok), "suite=\"skill-routing\",outcome=\"passed\""),
        (
            SpanContent("any", ["skill.name": "a", "expected_skill": "a"]),
            "suite=\"skill-routing\",outcome=\"skipped\""
        ),
        (SpanContent("GET /", kind: .client, status: .error, ["http.request.method": "GET"]), nil),
    ]

    @Test(arguments: spans) func `knows an execution of a test by its tool's span`(
        span: SpanContent, series: String?
    ) throws {
        let body = TraceBody.bytes(scope: "scope", [span])
        let scraped = try Scraped([body], enabled: ["tests"])
        #expect(scraped.series("test_attempts_total") == (series.map { ["{\($0)} 1"] } ?? []))
    }

    @Test func `puts all tools into one metric`() throws {
        let spans = Self.spans.map(\.span)
        let scraped = try Scraped([TraceBody.bytes(spans)], enabled: ["tests"])
        let expected = Self.spans.filter { $0.series != nil }.count
        #expect(scraped.sum("test_attempts_total") == Double(expected))
    }
}

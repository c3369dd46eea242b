import MetricModel
import Reports
import Testing

@Suite struct `Logs of pytest-reportlog` {
    private static let passed =
        #"{"nodeid": "a.py::t", "when": "call", "outcome": "passed", "$report_type": "TestReport"}"#

    @Test func `a log without an end is one of a run that broke off`() throws {
        #expect(try report(Self.passed).outcome == .interrupted)
        let end = #"{"exitstatus": 0, "$report_type": "SessionFinish"}"#
        let whole = try report("\(Self.passed)\n\(end)\n")
        #expect(whole.outcome == .passed)
        #expect(whole.cases.map(\.test) == ["a.py::t"])
        #expect(whole.cases[0].file == "a.py")
    }

    @Test func `a failed body comes before an error in the tear-down`() throws {
        let report = try report(
            #"""
            {"nodeid": "t", "when": "setup", "outcome": "passed", "$report_type": "TestReport"}
            {"nodeid": "t", "when": "call", "outcome": "failed", "longrepr": {"reprcrash": {"message": "boom"}}, "duration": 0.5, "stop": 10.25, "$report_type": "TestReport"}
            {"nodeid": "t", "when": "teardown", "outcome": "failed", "longrepr": "late", "$report_type": "TestReport"}
            """#)
        let attempt = Report.Attempt(outcome: .failed, seconds: 0.5, failure: Report.Failure(message: "boom"))
        #expect(report.cases.map(\.attempts) == [[attempt]])
        #expect(report.cases[0].end == 10_250)
    }

    @Test func `a body that is run again without a new set-up is another attempt`() throws {
        let report = try report(
            #"""
            {"nodeid": "t", "when": "setup", "outcome": "passed", "$report_type": "TestReport"}
            {"nodeid": "t", "when": "call", "outcome": "retried", "longrepr": "first", "$report_type": "TestReport"}
            {"nodeid": "t", "when": "call", "outcome": "passed", "duration": 2, "$report_type": "TestReport"}
            {"nodeid": "t", "when": "teardown", "outcome": "passed", "$report_type": "TestReport"}
            """#)
        #expect(report.cases.first?.attempts.map(\.outcome) == [.failed, .passed])
        #expect(report.cases.first?.attempts.map(\.seconds) == [0, 2])
    }

    @Test(arguments: [
        (
            "\(passed)\n{}", "line 2: not a line of pytest-reportlog: a JSON object with $report_type"
        ),
        ("\(passed)\n{\"a\"", "line 2: not a line of pytest-reportlog: a JSON object with $report_type"),
        (#"{"$report_type": "TestReport"}"#, "line 1: a TestReport needs nodeid, when and outcome"),
    ])
    func `a line that is none is refused with its number`(text: String, message: String) {
        #expect {
            try report(text)
        } throws: {
            "\($0)" == message
        }
    }
}

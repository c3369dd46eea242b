import Foundation
import Testing

@Suite struct `The command run` {
    @Test(
        arguments: [
            (["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -TERM $$"], 143), (["true"], 0),
            (["no-such-command"], 127),
        ] as [([String], Int32)])
    func `ends as its command does`(command: [String], code: Int32) throws {
        let result = try spanmeter(
            ["run", "--data", "data", "--"] + command, environment: ["PATH": "/usr/bin:/bin"])
        #expect(result.code == code)
        #expect(result.output == "")
        #expect(
            result.errors
                == (code == 127
                    ? "spanmeter: no-such-command: command not found\n"
                    : "spanmeter: no test sent a span; is its tracing on?\n"))
    }

    @Test func `gives the command an address and a run, and keeps what it was given`() throws {
        let result = try spanmeter(
            [
                "run", "--data", "data", "--", "sh", "-c",
                "echo $OTEL_EXPORTER_OTLP_ENDPOINT $OTEL_RESOURCE_ATTRIBUTES",
            ],
            environment: ["PATH": "/usr/bin:/bin", "OTEL_RESOURCE_ATTRIBUTES": "a=b"])
        #expect(
            result.output.wholeMatch(
                of: /http:\/\/127\.0\.0\.1:\d+ a=b,spanmeter\.run=[0-9A-F-]{36}\n/) != nil)
    }

    @Test func `takes in the reports that the command writes`() throws {
        let xml = "<testsuite name='shop'><testcase classname='c' name='n' time='0.5'/></testsuite>"
        let result = try spanmeter(
            ["run", "--data", "data", "--junit", "*.xml", "--", "sh", "-c", "echo \"\(xml)\" > r.xml"],
            environment: ["PATH": "/usr/bin:/bin"])
        #expect(result.code == 0)
        #expect(result.errorLines.first == "spanmeter: 1 case of shop: 1 passed")
    }

    @Test func `wants a command`() throws {
        let result = try spanmeter("run")
        #expect(result.code == 2)
        #expect(
            result.errorLines.first
                == "spanmeter: no command was given; wanted one behind --, as in: spanmeter run -- make test")
    }
}

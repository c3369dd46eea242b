import Foundation
import Testing

@Suite struct `The command ingest` {
    private static let xml = """
        <testsuites name="shop"><testsuite name="cart">
        <testcase classname="cart" name="adds" time="0.5"/>
        <testcase classname="cart" name="rounds" time="1"><failure message="1 != 2" type="E"/></testcase>
        <testcase classname="cart" name="rounds" time="1"/>
        </testsuite></testsuites>
        """

    private static func write(_ text: String, to name: String, in directory: TemporaryDirectory) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(directory.path)/\(name)"))
    }

    @Test func `opens the data directory where nobody listens, and keeps results`() throws {
        let directory = try TemporaryDirectory()
        try Self.write(Self.xml, to: "report.xml", in: directory)
        let flags = ["--otlp-http", "127.0.0.1:0", "--data", "data"]
        for _ in 1...2 {
            let result = try spanmeter(["ingest", "report.xml"] + flags, in: directory)
            #expect(result.output == "report.xml: 2 cases: 1 passed, 1 flaky\n")
            #expect(result.errors == "")
            #expect(result.code == 0)
        }
        let tests = try spanmeter(
            ["tests", "--results", "--format", "json", "--data", "data"], in: directory)
        let runs = try #require(
            JSONSerialization.jsonObject(with: Data(tests.output.utf8)) as? [[String: Any]])
        #expect(runs.count == 1)
        #expect(tests.output.contains("shop"))
        #expect(tests.output.contains("cart::rounds"))
        #expect(tests.output.contains("flaky"))
    }

    @Test func `keeps the order of attempts that tell of no length`() throws {
        let directory = try TemporaryDirectory()
        var xml = "<testsuite name=\"cart\">\n"
        for number in 0..<32 {
            xml += "<testcase classname=\"cart\" name=\"rescued\(number)\">"
            xml += "<flakyFailure message=\"lost\"/></testcase>\n"
            xml += String(repeating: "<testcase classname=\"cart\" name=\"adds\"/>\n", count: number % 2)
        }
        try Self.write(xml + "</testsuite>", to: "report.xml", in: directory)
        let flags = ["--otlp-http", "127.0.0.1:0", "--data", "data"]
        let result = try spanmeter(["ingest", "report.xml"] + flags, in: directory)
        #expect(result.output == "report.xml: 48 cases: 16 passed, 32 flaky\n")
        let tests = try spanmeter(["tests", "--runs", "--format", "json", "--data", "data"], in: directory)
        let runs = try #require(
            JSONSerialization.jsonObject(with: Data(tests.output.utf8)) as? [[String: Any]])
        let counts = ["passed", "flaky", "failed", "error"].map { runs.first?[$0] as? Int }
        #expect(counts == [16, 32, 0, 0])
    }

    @Test func `refuses what is no report, and takes the others`() throws {
        let directory = try TemporaryDirectory()
        try Self.write(Self.xml, to: "good.xml", in: directory)
        try Self.write("<testsuite>", to: "bad.xml", in: directory)
        let result = try spanmeter(
            ["ingest", "bad.xml", "none.xml", "good.xml", "--otlp-http", "127.0.0.1:0", "--data", "data"],
            in: directory)
        #expect(result.code == 1)
        #expect(
            result.errorLines == [
                "spanmeter: bad.xml: line 1: not well-formed: no element found, column 12",
                "spanmeter: none.xml: no such file",
            ])
        #expect(result.output == "good.xml: 2 cases: 1 passed, 1 flaky\n")
    }

    @Test func `says when the receiver that was named does not answer`() throws {
        let directory = try TemporaryDirectory()
        try Self.write(Self.xml, to: "good.xml", in: directory)
        let result = try spanmeter(["ingest", "good.xml", "--to", "http://127.0.0.1:1"], in: directory)
        #expect(result.code == 1)
        #expect(result.errors.hasPrefix("spanmeter: cannot reach http://127.0.0.1:1"))
    }
}

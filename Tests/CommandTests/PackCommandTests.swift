import Foundation
import Testing
import TraceBuilder

@Suite struct PackCommandTests {
    static let pack = """
        pack: mine
        title: My own
        meters:
          - { on: has(a.b), labels: { kind: a.b }, counters: { mine_total: a.count } }

        """

    static func directory() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write(pack, to: "packs/mine.yaml")
        try directory.write("packs: { files: [packs/*.yaml], disabled: [tests] }\n", to: "spanmeter.yaml")
        return directory
    }

    @Test func `the packs are listed with their state`() throws {
        let result = try spanmeter("packs", "list", in: try Self.directory())
        #expect(result.code == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 8)
        #expect(lines[0].hasPrefix("spanmetrics    on   Every span ("))
        #expect(lines[1].hasPrefix("tests          off  Tests ("))
        #expect(lines[7] == "mine           on   My own (1 meters, packs/mine.yaml)")
    }

    @Test func `a pack is shown as it is written`() throws {
        let directory = try Self.directory()
        #expect(try spanmeter("packs", "show", "mine", in: directory).output == Self.pack)
        for name in [
            "common", "spanmetrics", "tests", "routing-tests", "experiments", "genai", "http", "spanmeter",
        ] {
            let result = try spanmeter("packs", "show", name, in: directory)
            let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Sources/Packs/BuiltIn/\(name).yaml")
            #expect(result.output == (try String(contentsOf: file, encoding: .utf8)), "\(name)")
        }
        let wrong = try spanmeter("packs", "show", "mien", in: directory)
        #expect(wrong.code == 2)
        #expect(
            wrong.errors == "spanmeter: no pack is called 'mien'; did you mean 'mine' "
                + "(known: spanmetrics, tests, routing-tests, experiments, genai, http, spanmeter, mine)\n")
    }

    @Test func `a broken pack is said whole, line by line`() throws {
        let directory = try Self.directory()
        try directory.write(
            """
            pack: broken
            vocabulary: { wrong: 1 + }
            meters:
              - { on: has(wrnog), counters: { broken: 1 } }

            """, to: "packs/broken.yaml")
        let expected = [
            "spanmeter: packs/broken.yaml:2: field 'wrong': the end stands where a value is wanted in \"1 +\"",
            "spanmeter: packs/broken.yaml:4: 'on' of meter 'broken': unknown field 'wrnog'; did you mean 'wrong' "
                + "(fields stand in 'vocabulary', a text needs quotes: \"'wrnog'\") in \"has(wrnog)\"",
            "spanmeter: packs/broken.yaml:4: counter 'broken' does not end with '_total'",
        ]
        for (command, code) in [("check", Int32(1)), ("serve", 2)] {
            let result = try spanmeter(command, in: directory)
            #expect(result.code == code, "\(command)")
            #expect(result.errorLines == expected, "\(command)")
            #expect(result.output == "")
        }
    }

    @Test(arguments: ["1e300", "-1e300", "9223372036854775808", "7", "true"])
    func `an option of any size is read as text`(value: String) throws {
        let directory = try Self.directory()
        try directory.write("packs: { options: { spanmetrics: { names: \(value) } } }\n", to: "a.yaml")
        let result = try spanmeter("check", "--config", "a.yaml", in: directory)
        #expect(result.code == 1)
        #expect(result.errorLines.count == 1)
        #expect(result.errors.hasSuffix(", wanted one of tempo, collector\n"), "\(result.errors)")
    }

    @Test func `explain says what becomes of each span`() throws {
        let directory = try Self.directory()
        let body = TraceBody.bytes([
            SpanContent("one", kind: .client, status: .ok, ["a.b": "x", "a.count": 3]),
            SpanContent("two", ["a.b": "x", "a.count": "many"]),
            SpanContent("three"),
        ])
        try directory.write(body, to: "000.bin")
        try directory.write(
            "packs: { enabled: [], disabled: [spanmetrics, tests, routing-tests], "
                + "files: [packs/*.yaml] }\n", to: "spanmeter.yaml")
        let result = try spanmeter("explain", "000.bin", in: directory)
        #expect(result.code == 0)
        #expect(
            result.output == """
                000.bin:
                  span 1 'one' (client, ok)
                    mine/mine_total
                      mine_total{service="shop",environment="default",kind="x"} +3
                  span 2 'two' (internal, unset)
                    mine/mine_total
                      a value was refused: unparsable
                  span 3 'three' (internal, unset)
                    ignored by mine; it wants one of:
                      mine/mine_total: has(a.b)

                """)
    }

    @Test func `explain says what a span tells a fold`() throws {
        let directory = try Self.directory()
        let pack = """
            pack: shop-tests
            folds:
              - fold: shop
                case: { on: has(a.test), test: a.test, outcome: { of: a.result, map: { ok: passed } } }
                phases: { call: { span.name: call } }
            """
        try directory.write(Array(pack.utf8), to: "packs/shop.yaml")
        let body = TraceBody.bytes([
            SpanContent("one", ["a.test": "adds", "a.result": "ok"]), SpanContent("call"),
        ])
        try directory.write(body, to: "000.bin")
        try directory.write(
            "packs: { enabled: [], disabled: [spanmetrics, tests, routing-tests, mine], "
                + "files: [packs/*.yaml] }\n", to: "spanmeter.yaml")
        let result = try spanmeter("explain", "000.bin", in: directory)
        #expect(result.code == 0, "\(result.errors)")
        #expect(
            result.output == """
                000.bin:
                  span 1 'one' (internal, unset)
                    fold shop: a case
                      service: shop
                      environment: default
                      test: adds
                      outcome: passed
                  span 2 'call' (internal, unset)
                    fold shop: phase call of a case
                      service: shop
                      environment: default

                """)
    }

    @Test func `explain names a malformed span and bytes that are none`() throws {
        let directory = try Self.directory()
        var span = SpanContent("short")
        span.traceID = [1, 2]
        try directory.write(TraceBody.bytes([span]), to: "000.bin")
        let result = try spanmeter("explain", "000.bin", in: directory)
        #expect(result.output.contains("\n    malformed, not counted: trace_id_length\n"))
        try directory.write([0x0A, 0x7F, 1], to: "001.bin")
        let broken = try spanmeter("explain", "001.bin", in: directory)
        #expect(broken.code == 1)
        #expect(broken.errors.hasPrefix("spanmeter: 001.bin: request body has a field that is longer"))
    }
}

import MetricModel
import Packs
import Testing

@Suite struct `Folds of packs` {
    static func problems(_ fold: String) -> [String] {
        PackTexts.problems(["pack: mine\nfolds:\n\(fold)"])
    }

    static let broken: [(fold: String, problems: [String])] = [
        ("  - case: { on: has(a.b), test: a.b }\n", ["my.yaml:3: a fold has no name ('fold')"]),
        (
            "  - fold: f\n",
            ["my.yaml:3: fold 'f' has no 'case': which span is one execution of a test"]
        ),
        (
            "  - fold: f\n    case: { on: has(a.b) }\n",
            ["my.yaml:4: 'case' of fold 'f' has no 'test': what is its id"]
        ),
        (
            "  - fold: f\n    case: { test: a.b }\n",
            ["my.yaml:4: 'case' of fold 'f' has no usable 'on'"]
        ),
        (
            "  - fold: f\n    case: { on: has(a.b), test: a.b, outcom: a.c }\n",
            [
                "my.yaml:4: 'case' of fold 'f' has the unknown key 'outcom'; did you mean 'outcome' (known: on,"
                    + " qualified_by, test, suite, file, worker, outcome, retry, last, duration, history, message, counted,"
                    + " experiment, variant, skill, edition, cost, tokens, latency, input)"
            ]
        ),
        (
            "  - fold: f\n    case: { on: has(a.b), test: a.b }\n    phases: { call: has(a.c) }\n"
                + "    attempts: { begin: cal }\n    duration: calls\n",
            [
                "my.yaml:6: 'begin' of fold 'f' is 'cal', which is no phase; did you mean 'call'",
                "my.yaml:6: 'attempts' of fold 'f' want either 'begin' or 'again'",
                "my.yaml:7: 'duration' of fold 'f' is 'calls', which is no phase; did you mean 'call'",
            ]
        ),
        (
            "  - fold: f\n    case: { on: has(a.b), test: a.b }\n    attempts: { again: [flaky] }\n",
            [
                "my.yaml:5: 'again' of fold 'f' has what is none of passed, failed, error, skipped",
                "my.yaml:5: 'attempts' of fold 'f' want either 'begin' or 'again'",
            ]
        ),
        (
            "  - fold: f\n    case: { on: has(a.b), test: a.b }\n    run: { by: span, takes: all, idle: 5 }\n",
            [
                "my.yaml:5: 'by' of fold 'f' is 'span', wanted one of parent, key, trace",
                "my.yaml:5: 'takes' of fold 'f' wants 'contained'",
                "my.yaml:5: 'idle' of fold 'f' is '5', wanted a duration such as 30s or 10m",
            ]
        ),
        (
            "  - fold: f\n    case: { on: has(a.b), test: a.b }\n    final: never\n",
            ["my.yaml:5: 'final' of fold 'f' is 'never', wanted one of case, run"]
        ),
        (
            "  - fold: f\n    case: { on: has(a.b), test: a.b }\n    failures: { type: [a.c] }\n",
            ["my.yaml:5: 'failures' of fold 'f' have no 'event': the events' name"]
        ),
        (
            "  - fold: f\n    case: { on: has(a.b), test: a.b }\n  - fold: f\n    case: { on: has(a.b), test: a.b }\n",
            ["my.yaml: fold 'f' is in pack 'mine' already"]
        ),
    ]

    @Test(arguments: broken) func `say what is wrong with them, and where`(fold: String, problems: [String]) {
        #expect(Self.problems(fold).sorted() == problems.sorted())
    }

    @Test func `are asked before those in the binary when they come from outside`() throws {
        let text = "pack: mine\nfolds:\n  - fold: f\n    case: { on: has(a.b), test: a.b }\n"
        let packs = try PackSet(sources: PackSource.builtIn + [PackSource(file: "my.yaml", text: text)])
        #expect(packs.folds.first?.name == "f")
        #expect(packs.folds.count == 10)
    }

    @Test func `take revision and branch from any span, unless their pack says otherwise`() throws {
        let text = """
            pack: mine
            vocabulary:
              branch: [my.branch]
            folds:
              - fold: f
                case: { on: has(a.b), test: a.b }
                revision: my.revision
            """
        let packs = try PackSet(sources: [PackSource(file: "my.yaml", text: text)])
        let fields = try #require(packs.folds.first?.roles.first?.fields)
        #expect(fields.first { $0.field == .branch }?.value == .attributes(["my.branch"]))
        #expect(fields.first { $0.field == .revision }?.value == .attributes(["my.revision"]))
        #expect(fields.contains { $0.field == .sequence })
    }

    @Test func `refuse an expression whose fields grow without end`() {
        var fields = "  f0: a.b\n"
        for number in 1...40 { fields += "  f\(number): first(f\(number - 1), f\(number - 1))\n" }
        let text =
            "pack: mine\nvocabulary:\n\(fields)folds:\n  - fold: f\n    case: { on: has(a.b), test: f40 }\n"
        #expect(
            PackTexts.problems([text]) == [
                "my.yaml:46: 'test' of fold 'f' has more than 2000 parts, its fields' included"
            ])
    }

    @Test(arguments: [
        ("6a85d711c58e0601e373d06226e359c790d94487", true), ("0a1b2c3", true), ("1.2.3", false),
        ("20261120", false), ("deadbeef", false), ("abc12", false), ("", false),
        (String(repeating: "1", count: 64), true), (String(repeating: "a1", count: 33), false),
    ]) func `know a commit from a release`(text: String, isCommit: Bool) {
        #expect(Expression.isCommit(Array(text.utf8).span.bytes) == isCommit)
    }

    @Test(arguments: [
        ("test worker *", "test worker gw0", "gw0"), ("refs/heads/*", "refs/heads/a/b", "a/b"),
        ("*-*", "a-b-c", "a"), ("a*b*", "axxbyy", "xx"), ("a*", "a", ""), ("a*", "b", nil),
        ("ab*ba", "aba", nil),
        ("*", "whole", "whole"),
    ]) func `know what a star stands for`(pattern: String, text: String, star: String?) {
        let bytes = Array(text.utf8)
        let range = TextPattern(pattern).starRange(in: bytes)
        #expect(range.map { String(decoding: bytes[$0], as: UTF8.self) } == star)
    }
}

import Packs
import Testing

@Suite struct `Expressions in YAML` {
    @Test(
        arguments: [
            ("[a.b, a.c]", Expression.attributes(["a.b", "a.c"])),
            ("[plain_name]", .attributes(["plain_name"])),
            ("1", .number(1)),
            ("\"'text'\"", .text("text")),
            (
                "{ all: [has(a.b), { span.name: 'x*' }] }",
                .all([
                    .has(.attributes(["a.b"])), .matches(.intrinsic(.name), TextPattern("x*")),
                ])
            ),
            (
                "{ any: ['true', { span.kind: [server, consumer] }] }",
                .any([
                    .truth(true),
                    .any([
                        .matches(.intrinsic(.kind), TextPattern("server")),
                        .matches(.intrinsic(.kind), TextPattern("consumer")),
                    ]),
                ])
            ),
            ("{ not: has(a.b) }", .not(.has(.attributes(["a.b"])))),
            ("{ not: { a.b: x } }", .not(.matches(.attributes(["a.b"]), TextPattern("x")))),
            (
                "{ if: has(a.b), then: a.b }",
                .cases(
                    [Expression.Case(when: .has(.attributes(["a.b"])), value: .attributes(["a.b"]))],
                    otherwise: nil)
            ),
            (
                "{ if: 'true', then: 1, else: 2 }",
                .cases(
                    [Expression.Case(when: .truth(true), value: .number(1))], otherwise: .number(2))
            ),
            (
                "{ cases: [{ when: 'true', is: one }, { when: { a.b: x, a.c: y }, value: a.d }], else: other }",
                .cases(
                    [
                        Expression.Case(when: .truth(true), value: .text("one")),
                        Expression.Case(
                            when: .all([
                                .matches(.attributes(["a.b"]), TextPattern("x")),
                                .matches(.attributes(["a.c"]), TextPattern("y")),
                            ]),
                            value: .attributes(["a.d"])),
                    ],
                    otherwise: .text("other"))
            ),
            (
                "{ of: a.b, map: { PASS: passed, 'F*': failed }, else: error }",
                .map(
                    .attributes(["a.b"]),
                    [
                        Expression.Entry(pattern: TextPattern("PASS"), value: .text("passed")),
                        Expression.Entry(pattern: TextPattern("F*"), value: .text("failed")),
                    ],
                    otherwise: .text("error"))
            ),
        ] as [(String, Packs.Expression)])
    func `are the same as on one line`(yaml: String, expression: Packs.Expression) throws {
        #expect(try PackTexts.vocabulary("  probe: \(yaml)").expression == expression)
    }

    @Test(arguments: [
        ("{ wen: 1 }", "field 'probe' is a mapping without 'if', 'cases', 'map', 'all', 'any' or 'not'"),
        ("[]", "field 'probe' is a list, but not of attribute names"),
        ("[[a.b]]", "field 'probe' is a list, but not of attribute names"),
        ("{ if: 'true' }", "field 'probe' has 'if' without 'then'"),
        (
            "{ if: 'true', then: 1, esle: 2 }",
            "field 'probe' has the unknown key 'esle'; did you mean 'else' (known: if, then, else)"
        ),
        ("{ map: { a: b } }", "field 'probe' has 'map' without 'of'"),
        ("{ of: a.b, map: [a] }", "'map' of field 'probe' is a list, a mapping was wanted"),
        ("{ cases: { when: x } }", "'cases' of field 'probe' is a mapping, a list was wanted"),
        (
            "{ cases: [{ when: 'true' }] }",
            "a case of field 'probe' has neither 'is' (a text) nor 'value' (an expression)"
        ),
        ("{ cases: [{ is: one }] }", "a case of field 'probe' has no usable 'when'"),
        ("{ any: has(a.b) }", "'any' of field 'probe' is 'has(a.b)', a list was wanted"),
        ("{ 1: a, '1': b }", "field 'probe' has the key '1' twice"),
    ]) func `say what is wrong with them`(yaml: String, message: String) throws {
        let error = try #require(throws: PackProblems.self) {
            try PackTexts.vocabulary("  probe: \(yaml)")
        }
        #expect(error.problems.contains { $0.line == 6 && $0.message == message }, "\(error)")
    }

    @Test func `may not be nested without end`() {
        let depth = 100_000
        let yaml =
            String(repeating: "{ not: ", count: depth) + "'true'" + String(repeating: " }", count: depth)
        #expect(throws: PackProblems.self) { try PackTexts.vocabulary("  probe: \(yaml)") }
    }

    @Test func `a field may use those before it and not itself`() throws {
        #expect(try PackTexts.vocabulary("  twice: retries * 2\n  probe: twice + 1").name == "probe")
        let error = try #require(throws: PackProblems.self) {
            try PackTexts.vocabulary("  probe: later + 1\n  later: probe")
        }
        #expect(error.problems.map(\.line) == [6])
    }
}

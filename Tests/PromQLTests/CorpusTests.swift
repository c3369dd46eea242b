import PromQL
import Testing

@Suite struct CorpusTests {
    /// As a dashboard would send it.
    private func filled(_ expression: String) -> String {
        GrafanaVariable.allCases.reduce(expression) { text, variable in
            text.replacing("${\(variable.rawValue)}", with: "5m").replacing(
                "$\(variable.rawValue)", with: "5m")
        }
    }

    @Test func `there are many, and none twice`() {
        #expect(Corpus.expressions.count >= 150)
        #expect(Set(Corpus.expressions).count == Corpus.expressions.count)
    }

    @Test(arguments: PromQLDialect.allCases)
    func `every expression is read, and its text is read as the same`(dialect: PromQLDialect) throws {
        for expression in Corpus.expressions {
            do {
                let tree = try PromQLParser.parse(expression, as: dialect, variables: .durations)
                let again = try PromQLParser.parse(tree.text, as: dialect, variables: .durations)
                #expect(Shape.text(of: again) == Shape.text(of: tree), "\(expression)")
                #expect(again.text == tree.text, "\(expression)")
            } catch {
                Issue.record("\(expression): \(error)")
            }
        }
    }

    @Test(arguments: PromQLDialect.allCases)
    func `promtool takes every expression and every text`(dialect: PromQLDialect) throws {
        let texts = try Corpus.expressions.map {
            try PromQLParser.parse($0, as: dialect, variables: .durations).text
        }
        let expressions = (Corpus.expressions + texts).map(filled)
        let complaints = try Promtool(dialect).complaints(about: expressions)
        for (expression, complaint) in zip(expressions, complaints) {
            #expect(complaint == nil, "\(expression)")
        }
    }

    @Test(arguments: PromQLDialect.allCases)
    func `what is cut off anywhere is refused where promtool refuses it`(dialect: PromQLDialect) throws {
        let prefixes = Set(
            Corpus.expressions.map(filled).flatMap { text in
                text.indices.map { String(text[..<$0]) }.filter { $0.contains { !$0.isWhitespace } }
            }
        ).sorted()
        let complaints = try Promtool(dialect).complaints(about: prefixes)
        for (prefix, complaint) in zip(prefixes, complaints) {
            let isAccepted = (try? PromQLParser.parse(prefix, as: dialect)) != nil
            if isAccepted != (complaint == nil) {
                Issue.record("\(prefix)\npromtool: \(complaint ?? "valid")")
            }
        }
        print("promtool \(dialect.rawValue) was asked about \(prefixes.count) prefixes")
    }

    @Test(arguments: [
        ("sum(a) by(b,c)", "sum by (b, c) (a)"), ("SUM  WITHOUT(b)(a)", "sum without (b) (a)"),
        ("a{b='c',d=`e\\`}", "a{b=\"c\", d=\"e\\\\\"}"), ("a{}", "a"), ("{a='b'}", "{a=\"b\"}"),
        ("a  offset 90m", "a offset 1h30m"), ("a[168h]", "a[1w]"), ("a[10d]", "a[10d]"), ("a[0.5d:]", nil),
        ("a[60s:1000ms]", "a[1m:1s]"), ("a @ 1e3", "a @ 1000"), ("a @start()", "a @ start()"),
        ("a offset 1h @ 5", "a @ 5 offset 1h"), ("a @ end() [5m]", "a[5m] @ end()"),
        ("1.50 + 0x10 + 1e20 + inf", "1.5 + 16 + 1e+20 + Inf"), ("a+-b", "a + -b"), ("(a)", "(a)"),
        ("a*on(b)group_left c", "a * on (b) group_left () c"),
        ("a==bool ignoring(b)c", "a == bool ignoring (b) c"),
        ("topk(3,a)", "topk(3, a)"), ("'\\n\"'", "\"\\n\\\"\""), ("a #b\n+c", "a + c"),
    ])
    func `the text is canonical`(written: String, canonical: String?) {
        for dialect in PromQLDialect.allCases {
            #expect((try? PromQLParser.parse(written, as: dialect))?.text == canonical)
        }
    }

    @Test(arguments: [
        ("x[300]", "x[5m]"), ("x[0.0001]", "x[0.0001]"), ("x offset -0.5", "x offset -500ms"),
        ("1h + 1_000", "3600 + 1000"),
        ("{\"a\", \"b.c\"=\"d\"}", "{__name__=\"a\", \"b.c\"=\"d\"}"),
        ("sum by (\"a\", \"b.c\", \"inf\") (x)", "sum by (a, \"b.c\", \"inf\") (x)"),
    ])
    func `the text of what only 3-5 reads is canonical too`(written: String, canonical: String) throws {
        let tree = try PromQLParser.parse(written, as: .prometheus3)
        #expect(tree.text == canonical)
        #expect(try PromQLParser.parse(canonical, as: .prometheus3).text == canonical)
    }
}

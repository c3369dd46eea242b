import Packs
import Testing

@Suite struct `Expressions on one line` {
    /// As written, and as it is understood.
    static let readings: [(source: String, text: String)] = [
        ("skill", "skill.name"),
        ("http.route", "http.route"),
        ("'GET /'", "'GET /'"),
        ("\"double\"", "'double'"),
        ("\"it's\"", "\"it's\""),
        ("''", "''"),
        ("1", "1"),
        ("1.5", "1.5"),
        ("2e3", "2000"),
        ("1e-7", "1e-07"),
        ("1e21", "1e+21"),
        ("true", "true"),
        ("false", "false"),
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("(1 + 2) * 3", "(1 + 2) * 3"),
        ("1 - 2 - 3", "(1 - 2) - 3"),
        ("1 - (2 - 3)", "1 - (2 - 3)"),
        ("6 ÷ 2 × 3 − 1", "((6 / 2) * 3) - 1"),
        ("-retries", "0 - retries"),
        ("2 * -3", "2 * (0 - 3)"),
        ("a.b and c.d or e.f", "(a.b and c.d) or e.f"),
        ("a.b and (c.d or e.f)", "a.b and (c.d or e.f)"),
        ("a.b or c.d or e.f", "a.b or c.d or e.f"),
        ("not a.b and c.d", "not a.b and c.d"),
        ("not (a.b and c.d)", "not (a.b and c.d)"),
        ("not not a.b", "not not a.b"),
        ("retries >= 1", "retries >= 1"),
        ("retries<1", "retries < 1"),
        ("a.b == c.d", "a.b == c.d"),
        ("(a.b == c.d) == e.f", "(a.b == c.d) == e.f"),
        ("(not a.b) == c.d", "(not a.b) == c.d"),
        ("1 + retries > tokens / 2", "(1 + retries) > (tokens / 2)"),
        ("skill in ['a', 'b']", "skill == 'a' or skill == 'b'"),
        ("span.name like 'GET *'", "span.name like 'GET *'"),
        ("glob(span.name, 'a*b')", "span.name like 'a*b'"),
        ("contains(rf.test.tags, 'smoke')", "contains(rf.test.tags, 'smoke')"),
        ("has(skill)", "has(skill)"),
        ("sum(retries, 1, a.b)", "sum(retries, 1, a.b)"),
        ("first(skill, 'none')", "first(skill, 'none')"),
        ("first(1 + retries, 0)", "first(1 + retries, 0)"),
        ("android.os", "android.os"),
        ("notes.count", "notes.count"),
        ("inner.loop in [1]", "inner.loop == 1"),
    ]

    @Test(arguments: readings) func `are understood by precedence`(source: String, text: String) throws {
        #expect(PackTexts.text(try PackTexts.parsed(source)) == text.replacing("skill.name", with: "skill"))
    }

    @Test(arguments: readings) func `mean the same when their text is read again`(
        source: String, text: String
    ) throws {
        let expression = try PackTexts.parsed(source)
        #expect(try PackTexts.parsed(PackTexts.text(expression)) == expression)
    }

    @Test(arguments: Intrinsic.allCases) func `know what a span has besides attributes`(
        _ intrinsic: Intrinsic
    ) throws {
        #expect(try PackTexts.parsed(intrinsic.rawValue) == .intrinsic(intrinsic))
    }

    @Test(arguments: [
        ("prefix(skill, 'a*')", ["a*", ""]), ("suffix(skill, '*z')", ["", "*z"]),
        ("glob(skill, '*mid*')", ["", "mid", ""]), ("skill like 'whole'", ["whole"]),
    ]) func `take stars as such only in globs`(source: String, pieces: [String]) throws {
        guard case .matches(_, let pattern) = try PackTexts.parsed(source) else {
            Issue.record("\(source) is no match")
            return
        }
        #expect(pattern.pieces == pieces.map { Array($0.utf8) })
    }

    /// As written, and the complaint.
    static let mistakes: [(source: String, message: String)] = [
        ("1 +", "the end stands where a value is wanted"),
        ("(1", "the end stands where ')' is wanted"),
        ("1 2", "the number 2 is left over behind the expression"),
        ("1.5.2", "'1.5.2' at column 1 is no number"),
        ("1e999", "'1e999' at column 1 is no number"),
        ("'open", "the text that begins at column 1 has no closing '"),
        ("a.b ; c.d", "unexpected ';' at column 5"),
        ("a.b = 1", "unexpected '=' at column 5"),
        ("a.b like c.d", "'c.d' stands where a quoted text is wanted"),
        ("a.b in 'x'", "the text 'x' stands where '[' is wanted"),
        ("a.b in []", "']' stands where a value is wanted"),
        ("has()", "')' stands where a value is wanted"),
        ("has(a.b, c.d)", "'has' takes one value"),
        ("glob(a.b)", "'glob' takes a value and a quoted text"),
        ("contains(a.b, 1)", "'contains' takes a value and a quoted text"),
        ("json(a.b)", "'json' takes a text and the quoted names that lead to a value in it, at most 8"),
        ("json(a.b, a.c)", "'json' takes a text and the quoted names that lead to a value in it, at most 8"),
        ("event_delay(a.b)", "'event_delay' takes the quoted name of an event"),
        ("frist(a.b)", "unknown function 'frist'; did you mean 'first'"),
        ("span.nmae", "a span has no 'span.nmae'; did you mean 'span.name'"),
        ("scope.nam", "a span has no 'scope.nam'; did you mean 'scope.name'"),
        (
            "retires",
            "unknown field 'retires'; did you mean 'retries' "
                + "(fields stand in 'vocabulary', a text needs quotes: \"'retires'\")"
        ),
        ("option.mode", "the pack declares no option 'mode' that holds a text"),
    ]

    @Test(arguments: mistakes) func `say what is wrong with them`(source: String, message: String) throws {
        let error = try #require(throws: PackProblems.self) { try PackTexts.parsed(source) }
        let problem = try #require(error.problems.first)
        #expect(error.problems.count == 1)
        #expect(problem.message == "field 'probe': \(message) in \"\(source)\"")
        #expect(problem.line == 6)
    }

    /// A piece, how often it is repeated, what follows, and whether that is still read.
    static let sizes: [(piece: String, count: Int, rest: String, isRead: Bool)] = [
        ("(", 20, "1" + String(repeating: ")", count: 20), true),
        ("(", 30, "1" + String(repeating: ")", count: 30), false),
        ("(", 100_000, "", false),
        ("first(", 100_000, "", false),
        ("not ", 20, "true", true),
        ("not ", 60, "true", false),
        ("- ", 60, "1", false),
        ("1 + ", 200, "1", true),
        ("1 + ", 100_000, "1", false),
        ("1 / ", 100_000, "1", false),
        ("1/", 2_000, "1", true),
        ("first(1, ", 24, "1" + String(repeating: ")", count: 24), true),
        ("a.b or ", 200, "true", true),
        ("a.b or ", 100_000, "true", false),
    ]

    @Test(arguments: sizes) func `are refused before they could exhaust the stack`(
        piece: String, count: Int, rest: String, isRead: Bool
    ) {
        let source = String(repeating: piece, count: count) + rest
        let expression = try? PackTexts.parsed(source)
        #expect((expression != nil) == isRead)
    }
}

import PromQL
import Testing

@Suite struct GrafanaVariableTests {
    @Test(arguments: [
        ("rate(x[$__rate_interval])", "rate(x[$__rate_interval])"),
        ("increase(x[${__range}])", "increase(x[$__range])"),
        ("x - x offset $__range", "x - x offset $__range"),
        ("x offset -$__interval", "x offset -$__interval"),
        (
            "max_over_time(rate(x[5m])[$__range:$__interval])",
            "max_over_time(rate(x[5m])[$__range:$__interval])"
        ),
        ("max_over_time(rate(x[5m])[$__range:])", "max_over_time(rate(x[5m])[$__range:])"),
        ("sum(x{a=~\"$a\", b=~\"${b:regex}\", c=\"$c\"})", "sum(x{a=~\"$a\", b=~\"${b:regex}\", c=\"$c\"})"),
        ("{a=~\"$a\"}", "{a=~\"$a\"}"),
    ])
    func `a panel's variables stand for durations and stay in strings`(text: String, canonical: String) throws
    {
        for dialect in PromQLDialect.allCases {
            let tree = try PromQLParser.parse(text, as: dialect, variables: .durations)
            #expect(tree.text == canonical)
            #expect(try PromQLParser.parse(canonical, as: dialect, variables: .durations).text == canonical)
        }
    }

    @Test func `the tree tells which variable a range is`() throws {
        let tree = try PromQLParser.parse(
            "rate(x[$__rate_interval])", as: .prometheus3, variables: .durations)
        #expect(tree.selectorUses.map(\.range) == [.variable(.rateInterval, isNegative: false)])
    }

    @Test(arguments: [
        (
            "rate(x[$interval])",
            "1:8: the variable '$interval' is no duration; these are: $__rate_interval, $__interval, $__range"
        ),
        ("x[${__range]", "1:3: the variable '${__range' has no closing '}'"),
        ("x * $factor", "1:5: the variable '$factor' stands for a duration only"),
        ("x[-$__range]", "1:3: a range must be above 0"),
        ("$metric", "1:1: the variable '$metric' stands for a duration only"),
        ("x{$label=\"a\"}", "1:3: unexpected '$' inside braces"),
        ("x offset $__range offset 1h", "1:1: the offset is set twice"),
    ])
    func `a variable elsewhere is a problem`(text: String, message: String) {
        let error = #expect(throws: PromQLError.self) {
            try PromQLParser.parse(text, as: .prometheus3, variables: .durations)
        }
        #expect(error?.description == message)
    }
}

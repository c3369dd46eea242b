import PromQL
import Testing

/// Whole tables of cases that random expressions would meet too seldom, held against promtool.
@Suite struct SystematicTests {
    private func expectAgreement(about expressions: [String], _ dialect: PromQLDialect) throws {
        let complaints = try Promtool(dialect).complaints(about: expressions)
        for (expression, complaint) in zip(expressions, complaints) {
            let isAccepted = (try? PromQLParser.parse(expression, as: dialect)) != nil
            if isAccepted == (complaint == nil) || Promtool.isSeenDifferently(expression) { continue }
            Issue.record(
                "\(expression)\npromtool: \(complaint ?? "valid"); we: \(isAccepted ? "valid" : "refused")")
        }
        print("promtool \(dialect.rawValue) was asked about \(expressions.count) expressions")
    }

    /// Functions and aggregations of any version, those behind flags and two that never were included.
    private static let functions = """
        abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max
        clamp_min cos cosh count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv
        double_exponential_smoothing exp first_over_time floor histogram_avg histogram_count histogram_fraction
        histogram_quantile histogram_quantiles histogram_stddev histogram_stdvar histogram_sum holt_winters hour
        idelta increase info irate label_join label_replace last_over_time ln log10 log2 mad_over_time
        max_over_time min_over_time minute month pi predict_linear present_over_time quantile_over_time rad rate
        resets round scalar sgn sin sinh sort sort_by_label sort_by_label_desc sort_desc sqrt stddev_over_time
        stdvar_over_time sum_over_time tan tanh time timestamp ts_of_last_over_time ts_of_max_over_time
        ts_of_min_over_time vector year xrate Rate
        avg bottomk count count_values group limit_ratio limitk max min quantile stddev stdvar sum topk
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    @Test(arguments: PromQLDialect.allCases)
    func `functions take what promtool lets them take`(dialect: PromQLDialect) throws {
        let values = ["1", "x", "x[5m]", "'s'"]
        var lists = [""] + values
        lists += values.flatMap { first in values.map { "\(first), \($0)" } }
        lists += values.flatMap { first in values.map { "\(first), 1, \($0)" } }
        lists += [
            "x, 's', 's', 's'", "x, 's', 's', 's', 's'", "x, 's', 's', 's', 's', 's'", "x, 's', 1, 's', 's'",
        ]
        lists += ["x, 's', 's'", "x,", ",x", "(x[5m])", "-x", "1 + x, 1", "x[5m:]"]
        try expectAgreement(about: Self.functions.flatMap { name in lists.map { "\(name)(\($0))" } }, dialect)
    }

    @Test(arguments: PromQLDialect.allCases)
    func `operators take what promtool lets them take`(dialect: PromQLDialect) throws {
        let operators = BinaryOperation.Operator.allCases.map(\.rawValue) + ["=", "=~", "like"]
        let values = ["1", "x", "x[5m]", "'s'"]
        let modifiers = [
            "", "bool", "on (a)", "on ()", "bool ignoring (a)", "on (a) bool", "on (a) group_left",
            "on (a) group_left (a)", "ignoring (a) group_left (a)", "ignoring (a) group_right (b)",
            "group_left (a)",
            "on () group_right ()", "on a", "by (a)",
        ]
        let expressions = operators.flatMap { symbol in
            modifiers.flatMap { modifier in
                values.flatMap { left in values.map { "\(left) \(symbol) \(modifier) \($0)" } }
            }
        }
        try expectAgreement(about: expressions, dialect)
    }

    @Test(arguments: PromQLDialect.allCases)
    func `every keyword is a name where promtool takes it for one`(dialect: PromQLDialect) throws {
        let words = """
            and or unless atan2 sum avg count min max group stddev stdvar topk bottomk count_values quantile limitk
            limit_ratio offset by without on ignoring group_left group_right bool start end inf nan step range
            smoothed anchored fill fill_left x a:b
            """.split(whereSeparator: \.isWhitespace)
        let forms = [
            "W", "W{a='b'}", "W[5m]", "W offset 5m", "W @ 1", "x + W", "W + x", "W(x)", "W (x) by (a)",
            "W by (a) (x)",
            "sum by (W) (x)", "x + on (W) x", "x * on (a) group_left (W) x", "x{W='a'}", "x{W}", "x @ W()",
            "x offset W",
            "x W x", "-W", "W W W",
        ]
        let expressions = words.flatMap { word in
            [String(word), word.uppercased()].flatMap { word in forms.map { $0.replacing("W", with: word) } }
        }
        try expectAgreement(about: expressions, dialect)
    }

    @Test(arguments: PromQLDialect.allCases)
    func `numbers and durations are read as promtool reads them`(dialect: PromQLDialect) throws {
        let pieces = ["0", "1", "12", "_", ".", "e", "x", "5", "-", "+", "m", "s", "h", "ms", "y", "d", "F"]
        var words = pieces
        for _ in 0..<3 { words += words.suffix(17 * 17).flatMap { word in pieces.map { word + $0 } } }
        // Thousands of words, of which every third is plenty.
        let some = words.enumerated().filter { $0.offset.isMultiple(of: 3) }.map(\.element)
        try expectAgreement(about: some.flatMap { ["\($0) ", "x[\($0)]", "x offset \($0)"] }, dialect)
    }

    /// As they stand between backquotes.
    private static let patterns = #"""
        a|b|.+|.*|(x|y)|^|$||^$|a*|a+|a?|a*?|a**|a*?*|a*+|^*|*|+|a{2}|a{,2}|a{02}|a{2,}|a{2,1}|a{1000}|a{1001}|{|{2}
        """#.split(separator: "|", omittingEmptySubsequences: false).map(String.init) + [
            "a{2}{3}", "(a{2}){3}", "(a{500}){2}", "(a{500}){3}", "((a{100}){100})", "(a*){1000}",
            "(a{0}){1000}",
            "(?i)", "(?i)*", "a(?i)*", "(?-)", "(?)", "(?i-s)", "(?i--s)", "(?:)", "()", "()*", "|*", "a|*",
            "(|a)*",
            "(*)", "(?", "(?P", "(?P<n>a)", "(?<n>a)", "(?P<n>a)(?P<n>b)", "(?P<>a)", "(?P<1>a)",
            "(?P<a-b>a)",
            "(?P=n)", "(?=a)", "(?!a)", "(?<=a)", "(?#a)", "(", ")", "a)(b", "a)|(?:b", "(?U)a", "(?x)a",
            #"\Qa*\E*"#, #"\Q\E*"#, #"a\Q\E*"#, #"a\Q\E**"#, #"\Qa"#, #"\Q"#, #"\C"#, #"\Z"#, #"\A\z"#,
            #"\b"#, #"\B"#,
            #"\1"#, #"\12"#, #"\0"#, #"\_"#, #"\é"#, #"\x{41}"#, #"\x{110000}"#, #"\x4"#, #"\x41"#, #"\"#,
            #"a\"#,
            #"\d\D\s\S\w\W"#, #"\pL\PL\p{Greek}\p{^Greek}"#, #"\p{Nope}"#, #"\pX"#, #"\p"#, "[a", "[]a]",
            "[]", "[^]",
            "[^]a]", #"[a-\d]"#, #"[\d-z]"#, "[z-a]", "[a-]", "[-a]", "[a-b-c]", #"[\b]"#, #"[\Q]\E]"#,
            "[:alpha:]",
            "[[:alpha]", "[[:alpha:]]", "[[:^alpha:]]", "[[:nope:]]", "[[a]]", #"[\]]"#, #"[\x41-\x5A]"#,
            "[é-ü]", "[ü-é]",
            "a.b", "(?:a|b*)+", "a*b", "(a|)", "(?:(?:a?)b?)c?", "$var", "${var:regex}", "[[var]]", "x|",
            "|x", "é+",
        ]

    @Test(arguments: PromQLDialect.allCases)
    func `regular expressions are taken, and match nothing, as promtool says`(dialect: PromQLDialect) throws {
        let expressions = Self.patterns.flatMap { pattern in
            ["x{a=~`\(pattern)`}", "{a=~`\(pattern)`}", "{a!~`\(pattern)`}"]
        }
        try expectAgreement(about: expressions, dialect)
    }
}

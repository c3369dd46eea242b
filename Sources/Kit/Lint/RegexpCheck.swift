import PromQL

/// `promql/regexp`: a regular expression is one: not a plain text, not anchored once more, not everything.
enum RegexpCheck: ExpressionCheck {
    static let name = "promql/regexp"

    private static let special: Set<Character> = [
        "\\", ".", "+", "*", "?", "(", ")", "[", "]", "{", "}", "|", "^", "$",
    ]

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.selectorUses.flatMap { use in
            use.selector.matchers.compactMap { matcher in
                guard matcher.comparison == .matches || matcher.comparison == .doesNotMatch,
                    let message = message(matcher, isOfBoard: expression.use.isOfBoard)
                else { return nil }
                let text = "\(matcher.label)\(matcher.comparison.rawValue)\"\(matcher.value)\""
                return expression.finding(Self.self, .warning, at: use.place, "has \(text), \(message)")
            }
        }
    }

    private static func message(_ matcher: LabelMatcher, isOfBoard: Bool) -> String? {
        let (value, plain) = (matcher.value, matcher.comparison == .matches ? "=" : "!=")
        // A variable may be anything.
        if isOfBoard, !VariableNames.names(in: value).isEmpty { return nil }
        if !value.contains(where: special.contains) {
            return "which is a plain text; wanted \(matcher.label)\(plain)\"\(value)\""
        }
        let isEscaped = value.dropLast().reversed().prefix { $0 == "\\" }.count % 2 == 1
        if value.first == "^" || (value.last == "$" && !isEscaped) {
            return "whose anchors say nothing new: all of the value has to match anyway"
        }
        return value == ".*" ? "which everything matches, absent labels too" : nil
    }
}

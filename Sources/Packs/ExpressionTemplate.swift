/// Names in an expression for Prometheus that spanmeter fills in: `$scope`, `$objective(NAME)`, `$window`,
/// `$total(SELECTOR[WINDOW])`.
package enum ExpressionTemplate {
    /// `$objective(name)` or `$objective(name, bound)`.
    package static var objective: Regex<(Substring, Substring, Substring?)> {
        /\$objective\(\s*([A-Za-z0-9_]+)\s*(?:,\s*([a-z]+)\s*)?\)/
    }

    /// `$total(counter{a="b"}[1d])`: the counter with its matchers, and the window.
    package static var total: Regex<(Substring, Substring, Substring)> {
        /\$total\(\s*([A-Za-z0-9_:]+(?:\{[^\[\]]*\})?)\s*\[([^\[\]]+)\]\s*\)/
    }

    /// What is wrong with the names in `expression`; nil where nothing is.
    static func problem(of expression: String) -> String? {
        let rest = expression.replacing(objective, with: "")
        if rest.contains("$objective") { return "has an '$objective' that is not '$objective(NAME)'" }
        if rest.replacing(total, with: "").contains("$total") {
            return "has a '$total' that is not '$total(COUNTER{…}[WINDOW])'"
        }
        for range in rest.ranges(of: "$scope") {
            let before = rest[..<range.lowerBound].last { !$0.isWhitespace }
            let after = rest[range.upperBound...].first { !$0.isWhitespace }
            guard let before, let after, "{,".contains(before), ",}".contains(after) else {
                return "has '$scope' outside of the braces of a selector"
            }
        }
        return nil
    }
}

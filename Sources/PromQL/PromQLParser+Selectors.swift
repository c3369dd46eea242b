extension PromQLParser {
    /// `{a="b", c=~"d"}`, which may end with a comma, and where it ends.
    mutating func matchers() throws(Complaint) -> ([LabelMatcher], end: Int) {
        try expect("{")
        var matchers: [LabelMatcher] = []
        while !token.isSymbol("}") {
            matchers.append(try matcher())
            guard try take(",") else { break }
        }
        guard token.isSymbol("}") else { throw unexpected("',' or '}'") }
        return (matchers, try advance().range.upperBound)
    }

    private mutating func matcher() throws(Complaint) -> LabelMatcher {
        let label: String
        switch token.kind {
        case .word: label = try advance().text
        case .string where dialect.allowsQuotedNames:
            label = text(of: try advance())
            if token.isSymbol(",") || token.isSymbol("}") {
                return LabelMatcher(label: LabelMatcher.nameLabel, comparison: .equal, value: label)
            }
        default: throw unexpected("the name of a label or '}'")
        }
        guard token.kind == .symbol, let comparison = LabelMatcher.Comparison(rawValue: token.text) else {
            throw unexpected("'=', '!=', '=~' or '!~'")
        }
        try advance()
        guard token.kind == .string else { throw unexpected("a quoted string") }
        let value = try advance()
        if comparison == .matches || comparison == .doesNotMatch {
            do {
                try RegularExpression.check(StringText.bytes(of: value.text.utf8), in: dialect)
            } catch {
                throw Complaint(
                    "the regular expression \(value.text) \(error.message)", at: value.range.lowerBound)
            }
        }
        return LabelMatcher(label: label, comparison: comparison, value: text(of: value))
    }

    private func text(of string: Token) -> String {
        String(decoding: StringText.bytes(of: string.text.utf8), as: UTF8.self)
    }

    // MARK: - What stands behind an expression

    /// `expression` with the brackets, offsets and `@` behind it, which bind closer than any operator.
    mutating func modified(_ expression: PromQLExpression) throws(Complaint) -> PromQLExpression {
        var expression = expression
        while true {
            if token.isSymbol("[") {
                expression = try bracketed(expression)
            } else if token.isWord("offset") {
                try advance()
                let offset = try duration(as: "an offset", signed: true)
                expression = try placed(expression) { placement throws(Complaint) in
                    guard placement.offset?.isZero != false else {
                        throw Complaint("the offset is set twice", at: expression.range.lowerBound)
                    }
                    placement.offset = offset
                }
            } else if try take("@") {
                let moment = try moment()
                expression = try placed(expression) { placement throws(Complaint) in
                    guard placement.at == nil else {
                        throw Complaint("'@' is set twice", at: expression.range.lowerBound)
                    }
                    placement.at = moment
                }
            } else {
                return expression
            }
        }
    }

    /// `expression` with its offset or `@` changed.
    private func placed(
        _ expression: PromQLExpression, change: (inout TimePlacement) throws(Complaint) -> Void
    ) throws(Complaint) -> PromQLExpression {
        let node: PromQLExpression.Node
        switch expression.node {
        case .selector(var selector):
            try change(&selector.placement)
            node = .selector(selector)
        case .range(var selector, let range):
            try change(&selector.placement)
            node = .range(selector, range)
        case .subquery(var subquery):
            try change(&subquery.placement)
            node = .subquery(subquery)
        default:
            throw Complaint(
                "an offset or '@' must stand right behind a selector, its range, or a subquery",
                at: expression.range.lowerBound)
        }
        return try self.node(node, from: expression.range.lowerBound, to: lastEnd)
    }

    private mutating func bracketed(_ expression: PromQLExpression) throws(Complaint) -> PromQLExpression {
        let bracket = try advance().range.lowerBound
        let range = try duration(as: "a range", signed: false)
        let start = expression.range.lowerBound
        if try take(":") {
            let step = token.isSymbol("]") ? nil : try duration(as: "a step", signed: false)
            let end = try expect("]").range.upperBound
            return try node(
                .subquery(Subquery(inner: expression, range: range, step: step)), from: start, to: end)
        }
        guard token.isSymbol("]") else { throw unexpected("':' or ']'") }
        let end = try advance().range.upperBound
        guard case .selector(let selector) = expression.node else {
            throw Complaint("only a selector can have a range; a subquery has a ':' in it", at: bracket)
        }
        guard selector.placement.offset?.isZero != false else {
            throw Complaint("the offset must stand behind the range", at: bracket)
        }
        // Prometheus lets `@ start()` pass here.
        if case .seconds = selector.placement.at {
            throw Complaint("'@' must stand behind the range", at: bracket)
        }
        return try node(.range(selector, range), from: start, to: end)
    }

    /// What stands behind `@`: a time in seconds, `start()` or `end()`.
    private mutating func moment() throws(Complaint) -> TimePlacement.Moment {
        for (word, moment) in [("start", TimePlacement.Moment.start), ("end", .end)] where token.isWord(word)
        {
            try advance()
            try expect("(")
            lastEnd = try expect(")").range.upperBound
            return moment
        }
        let isNegative = try take("-")
        if !isNegative { _ = try take("+") }
        guard token.kind == .number || (token.kind == .duration && dialect.durationsAreNumbers) else {
            throw unexpected("a time in seconds, 'start()' or 'end()'")
        }
        let start = token.range.lowerBound
        let seconds = try number() * (isNegative ? -1 : 1)
        lastEnd = try advance().range.upperBound
        guard seconds.magnitude < 0x1p63 else {
            throw Complaint("the time behind '@' is out of bounds", at: start)
        }
        return .seconds(seconds)
    }
}

extension PromQLParser {
    /// Words that no metric can be called without quotes.
    private static let reserved: Set = ["bool", "on", "ignoring", "group_left", "group_right", "atan2"]

    /// Keywords that are metrics, but never functions, where a value is wanted.
    private static let keywords: Set = ["and", "or", "unless", "by", "without", "offset", "start", "end"]

    private static let aggregations: Set = [
        "avg", "bottomk", "count", "count_values", "group", "max", "min", "quantile", "stddev", "stdvar",
        "sum",
        "topk",
    ]

    /// Aggregations that take something before the vector.
    private static let parametrised: Set = ["bottomk", "count_values", "quantile", "topk"]

    /// What begins with a name: an aggregation, a call or a selector.
    mutating func named() throws(Complaint) -> PromQLExpression {
        let name = try advance()
        let start = name.range.lowerBound
        let word = name.text.lowercased()
        if name.kind == .word {
            guard !Self.reserved.contains(word) else {
                throw Complaint("'\(name.text)' stands where a value is wanted", at: start)
            }
            if Self.aggregations.contains(word),
                token.isSymbol("(") || token.isWord("by") || token.isWord("without")
            {
                return try aggregation(word, from: start)
            }
            if token.isSymbol("("), !Self.keywords.contains(word) { return try call(name) }
        }
        var matchers: [LabelMatcher] = []
        var end = name.range.upperBound
        if token.isSymbol("{") { (matchers, end) = try self.matchers() }
        return try node(
            .selector(VectorSelector(name: name.text, matchers: matchers)), from: start, to: end)
    }

    private mutating func aggregation(_ name: String, from start: Int) throws(Complaint) -> PromQLExpression {
        var grouping = try grouping()
        var (arguments, end) = try arguments()
        if grouping == nil {
            grouping = try self.grouping()
            if grouping != nil { end = lastEnd }
        }
        let wanted = Self.parametrised.contains(name) ? 2 : 1
        guard arguments.count == wanted, let inner = arguments.last else {
            throw Complaint(
                "the aggregation '\(name)' takes \(Self.count(wanted)), not \(arguments.count)", at: start)
        }
        let aggregation = Aggregation(
            name: name, grouping: grouping, parameter: wanted == 2 ? arguments.first : nil, inner: inner)
        return try node(.aggregation(aggregation), from: start, to: end)
    }

    private mutating func grouping() throws(Complaint) -> Aggregation.Grouping? {
        let isWithout = try takeWord("without")
        guard isWithout || token.isWord("by") else { return nil }
        if !isWithout { try advance() }
        return Aggregation.Grouping(isWithout: isWithout, labels: try labelList())
    }

    private mutating func call(_ name: Token) throws(Complaint) -> PromQLExpression {
        let start = name.range.lowerBound
        guard let signature = FunctionSignature.named(name.text, in: dialect) else {
            let reason =
                FunctionSignature.isExperimental(name.text)
                ? "is experimental: Prometheus has it only behind a flag"
                : "is none of Prometheus \(dialect.rawValue)"
            throw Complaint("the function '\(name.text)' \(reason)", at: start)
        }
        let (arguments, end) = try arguments()
        return try node(
            .call(FunctionCall(arguments: arguments, signature: signature)), from: start, to: end)
    }

    /// What stands in parentheses behind a function's name, and where it ends.
    private mutating func arguments() throws(Complaint) -> ([PromQLExpression], end: Int) {
        try expect("(")
        var arguments: [PromQLExpression] = []
        if !token.isSymbol(")") {
            repeat { arguments.append(try expression()) } while try take(",")
        }
        guard token.isSymbol(")") else { throw unexpected("',' or ')'") }
        return (arguments, try advance().range.upperBound)
    }

    static func count(_ count: Int) -> String { count == 1 ? "1 argument" : "\(count) arguments" }

    /// `(a, b)`, which may end with a comma.
    mutating func labelList() throws(Complaint) -> [String] {
        try expect("(")
        var labels: [String] = []
        while !token.isSymbol(")") {
            labels.append(try label())
            guard try take(",") else { break }
        }
        guard token.isSymbol(")") else { throw unexpected("',' or ')'") }
        lastEnd = try advance().range.upperBound
        return labels
    }

    private mutating func label() throws(Complaint) -> String {
        switch token.kind {
        // The one keyword that no label can be called without quotes.
        case .word where !token.isWord("without"): return try advance().text
        case .colonWord where dialect.allowsQuotedNames: return try advance().text
        case .string where dialect.allowsQuotedNames:
            let bytes = StringText.bytes(of: token.text.utf8)
            guard !bytes.isEmpty, let label = String(validating: bytes, as: UTF8.self) else {
                throw unexpected("the name of a label")
            }
            try advance()
            return label
        default: throw unexpected("the name of a label")
        }
    }
}

/// Parses the one-line form of expressions, by precedence climbing:
/// `or` < `and` < `not` < comparisons, `like`, `in` < `+ -` < `* /` < unary minus, calls.
struct ExpressionParser {
    private var lexer: ExpressionLexer
    private var token: ExpressionLexer.Token = .end
    let names: NameResolver
    private var depth = 0

    /// Deeper expressions are refused, so that no pack can exhaust the stack.
    private static let depthMax = 50

    /// Longer ones are refused: `1 + 1 + …` nests an operation for every sign.
    static let byteCountMax = 4_096

    /// Parses the whole of `source`.
    static func parse(_ source: String, names: NameResolver) throws(ExpressionError) -> Expression {
        guard source.utf8.count <= byteCountMax else {
            throw ExpressionError("has \(source.utf8.count) bytes, \(byteCountMax) are the most")
        }
        var parser = ExpressionParser(lexer: ExpressionLexer(source), names: names)
        try parser.advance()
        let expression = try parser.disjunction()
        guard parser.token == .end else {
            throw ExpressionError("\(parser.shown) is left over behind the expression")
        }
        return expression
    }

    private init(lexer: ExpressionLexer, names: NameResolver) {
        self.lexer = lexer
        self.names = names
    }

    private mutating func advance() throws(ExpressionError) { token = try lexer.next() }

    private var shown: String {
        switch token {
        case .name(let name): "'\(name)'"
        case .text(let text): "the text '\(text)'"
        case .number(let number): "the number \(Expression.number(number).text(fields: []))"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end"
        }
    }

    private mutating func take(_ symbol: String) throws(ExpressionError) -> Bool {
        guard token == .symbol(symbol) else { return false }
        try advance()
        return true
    }

    private mutating func takeWord(_ word: String) throws(ExpressionError) -> Bool {
        guard token == .name(word) else { return false }
        try advance()
        return true
    }

    private mutating func expect(_ symbol: String) throws(ExpressionError) {
        guard try take(symbol) else { throw ExpressionError("\(shown) stands where '\(symbol)' is wanted") }
    }

    private mutating func disjunction() throws(ExpressionError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else {
            throw ExpressionError("is nested deeper than \(Self.depthMax) levels")
        }
        var parts = [try conjunction()]
        while try takeWord("or") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction() throws(ExpressionError) -> Expression {
        var parts = [try negation()]
        while try takeWord("and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation() throws(ExpressionError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else {
            throw ExpressionError("is nested deeper than \(Self.depthMax) levels")
        }
        if try takeWord("not") { return .not(try negation()) }
        return try comparison()
    }

    private mutating func comparison() throws(ExpressionError) -> Expression {
        let left = try sum()
        if try takeWord("like") { return .matches(left, TextPattern(try literalText())) }
        if try takeWord("in") {
            try expect("[")
            var choices: [Expression] = []
            repeat {
                choices.append(.comparison(.equal, left, try sum()))
            } while try take(",")
            try expect("]")
            return choices.count == 1 ? choices[0] : .any(choices)
        }
        guard case .symbol(let symbol) = token, let comparison = Expression.Comparison(rawValue: symbol)
        else {
            return left
        }
        try advance()
        return .comparison(comparison, left, try sum())
    }

    private mutating func sum() throws(ExpressionError) -> Expression {
        var left = try product()
        while case .symbol(let symbol) = token, symbol == "+" || symbol == "-",
            let operation = Expression.Arithmetic(rawValue: symbol)
        {
            try advance()
            left = .arithmetic(operation, left, try product())
        }
        return left
    }

    private mutating func product() throws(ExpressionError) -> Expression {
        var left = try factor()
        while case .symbol(let symbol) = token, symbol == "*" || symbol == "/",
            let operation = Expression.Arithmetic(rawValue: symbol)
        {
            try advance()
            left = .arithmetic(operation, left, try factor())
        }
        return left
    }

    private mutating func factor() throws(ExpressionError) -> Expression {
        if try take("(") {
            let inner = try disjunction()
            try expect(")")
            return inner
        }
        switch token {
        case .symbol("-"):
            depth += 1
            defer { depth -= 1 }
            guard depth <= Self.depthMax else {
                throw ExpressionError("is nested deeper than \(Self.depthMax) levels")
            }
            try advance()
            return .arithmetic(.subtract, .number(0), try factor())
        case .number(let number):
            try advance()
            return .number(number)
        case .text(let text):
            try advance()
            return .text(text)
        case .name(let name):
            try advance()
            if name == "true" || name == "false" { return .truth(name == "true") }
            if try take("(") { return try call(name) }
            return try names.resolve(name)
        default: throw ExpressionError("\(shown) stands where a value is wanted")
        }
    }

    private mutating func literalText() throws(ExpressionError) -> String {
        guard case .text(let text) = token else {
            throw ExpressionError("\(shown) stands where a quoted text is wanted")
        }
        try advance()
        return text
    }

    private mutating func call(_ name: String) throws(ExpressionError) -> Expression {
        guard Self.functions.contains(name) else {
            let hint = Nearest.name(to: name, among: Self.functions).map { "; did you mean '\($0)'" } ?? ""
            throw ExpressionError("unknown function '\(name)'\(hint)")
        }
        var operands = [try disjunction()]
        while try take(",") { operands.append(try disjunction()) }
        try expect(")")
        switch (name, operands.count) {
        case ("has", 1): return .has(operands[0])
        case ("sum", _): return .sum(operands)
        case ("first", _): return .first(operands)
        case ("concat", _): return .concat(operands)
        case ("is_commit", 1): return .isCommit(operands[0])
        case ("event", _): return try event(operands)
        case ("event_delay", _): return try eventDelay(operands)
        case ("json", _): return try json(operands)
        case ("price", _): return try price(operands)
        default:
            guard operands.count == 2, case .text(let text) = operands[1] else {
                throw ExpressionError(
                    "'\(name)' \(Self.unary.contains(name) ? "takes one value" : "takes a value and a quoted text")"
                )
            }
            switch name {
            case "glob": return .matches(operands[0], TextPattern(text))
            case "prefix": return .matches(operands[0], TextPattern(prefix: text))
            case "suffix": return .matches(operands[0], TextPattern(suffix: text))
            case "star":
                let pattern = TextPattern(text)
                guard !pattern.isLiteral else { throw ExpressionError("the pattern '\(text)' has no star") }
                return .star(operands[0], pattern)
            default: return .contains(operands[0], text)
            }
        }
    }

    /// What may be called, in the order of the documentation.
    static let functions = [
        "has", "sum", "first", "concat", "glob", "prefix", "suffix", "contains", "star", "is_commit",
        "event", "event_delay", "json", "price",
    ]

    /// Those of one value.
    private static let unary: Set = ["has", "is_commit"]
}

extension TextPattern {
    /// Texts that begin with `prefix`, whose stars are literal.
    fileprivate init(prefix: String) {
        self.init(source: prefix, pieces: [[UInt8](prefix.utf8), []])
    }

    /// Texts that end with `suffix`, whose stars are literal.
    fileprivate init(suffix: String) {
        self.init(source: suffix, pieces: [[], [UInt8](suffix.utf8)])
    }
}

/// Gives names in expressions their meaning.
struct NameResolver {
    /// The vocabulary's fields in order.
    let fields: [String: Int]
    /// The pack's options, which expressions read as `option.NAME`.
    let options: [String: OptionValue]
    /// What model calls cost.
    var prices = PriceTable()
    /// The pack's relations by the names that expressions have for them.
    var relations: [String: Expression] = [:]

    func resolve(_ name: String) throws(ExpressionError) -> Expression {
        if let number = fields[name] { return .field(number) }
        if let relation = relations[name] { return relation }
        if let intrinsic = Intrinsic(rawValue: name) { return .intrinsic(intrinsic) }
        if name.hasPrefix("option.") {
            guard case .text(let text) = options[String(name.dropFirst(7))] else {
                throw ExpressionError("the pack declares no option '\(name.dropFirst(7))' that holds a text")
            }
            return .text(text)
        }
        if name.hasPrefix("span.") || name.hasPrefix("scope.") {
            let hint =
                Nearest.name(to: name, among: Intrinsic.allCases.map(\.rawValue)).map {
                    "; did you mean '\($0)'"
                } ?? ""
            throw ExpressionError("a span has no '\(name)'\(hint)")
        }
        if name.contains(".") { return .attributes([name]) }
        let known = fields.keys.sorted() + relations.keys.sorted() + Intrinsic.allCases.map(\.rawValue)
        let hint = Nearest.name(to: name, among: known).map { "; did you mean '\($0)'" } ?? ""
        throw ExpressionError(
            "unknown field '\(name)'\(hint) (fields stand in 'vocabulary', a text needs quotes: \"'\(name)'\")"
        )
    }
}

/// Parses PromQL as Prometheus does, by precedence climbing:
/// `or` < `and unless` < comparisons < `+ -` < `* / % atan2`, unary `+ -` < `^` < brackets, `offset`, `@`.
package struct PromQLParser {
    private var lexer: PromQLLexer
    var token: Token
    let dialect: PromQLDialect
    /// Where the last list of labels, duration or moment ended.
    var lastEnd = 0
    private var depth = 0

    /// Deeper expressions are refused, so that neither this nor what walks a tree can exhaust the stack: without
    /// optimization a level takes some 14 KiB, and a thread on Linux has 8 MiB.
    /// Prometheus itself has no limit here; nobody has written a hundred levels by hand.
    package static let depthMax = 100

    /// Longer ones are refused.
    package static let byteCountMax = 65_536

    /// Parses the whole of `text` and checks its types.
    ///
    /// Agrees with `promtool check rules` of the dialect's version, whose experimental features are off, but for
    /// the limits above, for an offset of `NaN`, which 3.5 takes for a number, and for `x[5m y]`, where both take
    /// the letter for a colon.
    package static func parse(
        _ text: String, as dialect: PromQLDialect, variables: VariableUse = .none
    ) throws(PromQLError) -> PromQLExpression {
        guard text.utf8.count <= byteCountMax else {
            throw PromQLError(
                "the expression has \(text.utf8.count) bytes, \(byteCountMax) are the most", at: 0, in: "")
        }
        do {
            var parser = try PromQLParser(
                lexer: PromQLLexer(text, dialect: dialect, variables: variables), dialect: dialect)
            let expression = try parser.whole()
            try TypeCheck.check(expression)
            return expression
        } catch {
            throw PromQLError(error.message, at: error.offset, in: text)
        }
    }

    private init(lexer: PromQLLexer, dialect: PromQLDialect) throws(Complaint) {
        self.lexer = lexer
        self.dialect = dialect
        token = try self.lexer.next()
    }

    private mutating func whole() throws(Complaint) -> PromQLExpression {
        guard token.kind != .end else { throw Complaint("there is no expression", at: 0) }
        let expression = try expression()
        guard token.kind == .end else { throw unexpected("an operator or the end") }
        return expression
    }

    // MARK: - Tokens

    /// Gives the current token and goes to the next.
    @discardableResult
    mutating func advance() throws(Complaint) -> Token {
        let taken = token
        token = try lexer.next()
        return taken
    }

    mutating func take(_ symbol: String) throws(Complaint) -> Bool {
        guard token.isSymbol(symbol) else { return false }
        try advance()
        return true
    }

    @discardableResult
    mutating func expect(_ symbol: String) throws(Complaint) -> Token {
        guard token.isSymbol(symbol) else { throw unexpected("'\(symbol)'") }
        return try advance()
    }

    mutating func takeWord(_ word: String) throws(Complaint) -> Bool {
        guard token.isWord(word) else { return false }
        try advance()
        return true
    }

    func unexpected(_ wanted: String) -> Complaint {
        Complaint("\(token.shown) stands where \(wanted) is wanted", at: token.range.lowerBound)
    }

    /// A node from `start` to `end`, unless that makes the tree too deep.
    func node(
        _ node: PromQLExpression.Node, from start: Int, to end: Int
    ) throws(Complaint) -> PromQLExpression {
        let below = PromQLExpression.children(of: node).map(\.depth).max() ?? 0
        guard below < Self.depthMax else { throw tooDeep(at: start) }
        return PromQLExpression(node: node, range: start..<end, depth: below + 1)
    }

    private func tooDeep(at offset: Int) -> Complaint {
        Complaint("the expression is nested deeper than \(Self.depthMax) levels", at: offset)
    }

    // MARK: - Operators

    /// An expression of operators that bind at least as close as `precedence`.
    mutating func expression(from precedence: Int = 0) throws(Complaint) -> PromQLExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw tooDeep(at: token.range.lowerBound) }
        var left = try operand()
        while let `operator` = binaryOperator, `operator`.precedence >= precedence {
            try advance()
            let returnsBool = try takeWord("bool")
            let matching = try matching()
            let right = try expression(
                from: `operator` == .power ? `operator`.precedence : `operator`.precedence + 1)
            let operation = BinaryOperation(
                operator: `operator`, returnsBool: returnsBool, matching: matching, left: left, right: right)
            left = try node(
                .binary(operation), from: left.range.lowerBound, to: right.range.upperBound)
        }
        return left
    }

    private var binaryOperator: BinaryOperation.Operator? {
        switch token.kind {
        case .symbol, .word: BinaryOperation.Operator(rawValue: token.text.lowercased())
        default: nil
        }
    }

    private mutating func matching() throws(Complaint) -> BinaryOperation.Matching? {
        let isOn = try takeWord("on")
        guard isOn || token.isWord("ignoring") else { return nil }
        if !isOn { try advance() }
        let labels = try labelList()
        var group: BinaryOperation.Group?
        for (word, side) in [("group_left", BinaryOperation.Side.left), ("group_right", .right)]
        where token.isWord(word) {
            try advance()
            group = BinaryOperation.Group(
                manySide: side, included: token.isSymbol("(") ? try labelList() : [])
            break
        }
        return BinaryOperation.Matching(isOn: isOn, labels: labels, group: group)
    }

    /// A sign binds as `*` does, so `-a ^ b` is `-(a ^ b)`.
    private mutating func operand() throws(Complaint) -> PromQLExpression {
        let start = token.range.lowerBound
        let isMinus = token.isSymbol("-")
        guard isMinus || token.isSymbol("+") else { return try modified(primary()) }
        try advance()
        let inner = try expression(from: BinaryOperation.Operator.power.precedence)
        return try node(.unary(isMinus: isMinus, inner), from: start, to: inner.range.upperBound)
    }

    // MARK: - Primary expressions

    private mutating func primary() throws(Complaint) -> PromQLExpression {
        let start = token.range.lowerBound
        switch token.kind {
        case .symbol where token.isSymbol("("):
            try advance()
            let inner = try expression()
            let end = try expect(")").range.upperBound
            return try node(.parenthesised(inner), from: start, to: end)
        case .symbol where token.isSymbol("{"):
            let (matchers, end) = try matchers()
            return try node(.selector(VectorSelector(name: nil, matchers: matchers)), from: start, to: end)
        case .number, .duration:
            guard token.kind == .number || dialect.durationsAreNumbers else {
                throw unexpected("a value")
            }
            let value = try number()
            let end = try advance().range.upperBound
            return try node(.number(value), from: start, to: end)
        case .string:
            let token = try advance()
            let bytes = StringText.bytes(of: token.text.utf8)
            return try node(
                .string(String(decoding: bytes, as: UTF8.self)), from: start, to: token.range.upperBound)
        case .word, .colonWord: return try named()
        case .variable: throw Complaint("\(token.shown) stands for a duration only", at: start)
        default: throw unexpected("a value")
        }
    }
}

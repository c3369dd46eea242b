/// Cuts the text of an expression into tokens, one at a time.
///
/// Inside braces every word is a label's name; inside brackets a colon separates range and step, elsewhere it
/// belongs to a metric's name.
struct PromQLLexer {
    let bytes: [UInt8]
    private let dialect: PromQLDialect
    private let variables: VariableUse
    var position = 0
    private var isInBraces = false
    private var isInBrackets = false

    init(_ text: String, dialect: PromQLDialect, variables: VariableUse) {
        bytes = Array(text.utf8)
        self.dialect = dialect
        self.variables = variables
    }

    func byte(at index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    var current: UInt8? { byte(at: position) }

    /// The next token, behind spaces and comments.
    mutating func next() throws(Complaint) -> Token {
        skipSpace()
        while current == UInt8(ascii: "#") {
            while let byte = current, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { position += 1 }
            skipSpace()
        }
        let start = position
        guard let byte = current else { return token(.end, from: start) }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            try scanString(by: byte)
            return token(.string, from: start)
        case _ where Self.isLetter(byte): return word()
        case UInt8(ascii: ":") where !isInBraces && !isInBrackets: return word()
        case _ where isInBraces: return try symbol(of: Self.braceSymbols)
        case _
        where Self.isDigit(byte) || (byte == UInt8(ascii: ".") && Self.isDigit(self.byte(at: start + 1))):
            let kind = try scanNumberOrDuration(allowingUnderscores: dialect.allowsUnderscoresInNumbers)
            return token(kind, from: start)
        case UInt8(ascii: "$") where variables == .durations: return try variable()
        default: return try symbol(of: Self.symbols)
        }
    }

    func token(_ kind: Token.Kind, from start: Int) -> Token {
        Token(
            kind: kind, text: String(decoding: bytes[start..<position], as: UTF8.self),
            range: start..<position)
    }

    private mutating func skipSpace() {
        while let byte = current, [9, 10, 13, 32].contains(byte) { position += 1 }
    }

    private mutating func word() -> Token {
        let start = position
        while let byte = current,
            Self.isLetter(byte) || Self.isDigit(byte)
                || (byte == UInt8(ascii: ":") && !isInBraces && !isInBrackets)
        {
            position += 1
        }
        let text = bytes[start..<position]
        if text.contains(UInt8(ascii: ":")) { return token(.colonWord, from: start) }
        let word = token(.word, from: start)
        let isNumber = !isInBraces && (word.isWord("inf") || word.isWord("nan"))
        return isNumber ? token(.number, from: start) : word
    }

    /// The longer symbols first.
    private static let symbols = [
        "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "^", "<", ">", "=", "(", ")", "{", "}", "[", "]",
        ",",
        "@", ":",
    ]
    private static let braceSymbols = ["=~", "!~", "!=", "=", ",", "{", "}"]

    private mutating func symbol(of symbols: [String]) throws(Complaint) -> Token {
        let start = position
        guard let symbol = symbols.first(where: { bytes[start...].starts(with: $0.utf8) }) else {
            let character = String(decoding: bytes[start...].prefix(4), as: UTF8.self).prefix(1)
            throw Complaint("unexpected '\(character)'" + (isInBraces ? " inside braces" : ""), at: start)
        }
        position += symbol.utf8.count
        switch symbol {
        case "{": isInBraces = true
        case "}": isInBraces = false
        case "[":
            isInBrackets = true
            skipSpace()
            // Both Prometheus read a duration right here, before they look for comments again.
            guard current != UInt8(ascii: "#") else {
                throw Complaint("a comment stands where a duration is wanted", at: position)
            }
        case "]": isInBrackets = false
        default: break
        }
        return Token(kind: .symbol, text: symbol, range: start..<start + symbol.utf8.count)
    }

    /// `$__range` or `${__range}`.
    private mutating func variable() throws(Complaint) -> Token {
        let start = position
        position += 1
        let isBraced = current == UInt8(ascii: "{")
        if isBraced { position += 1 }
        let nameStart = position
        while let byte = current, Self.isLetter(byte) || Self.isDigit(byte) { position += 1 }
        let name = String(decoding: bytes[nameStart..<position], as: UTF8.self)
        if isBraced {
            guard current == UInt8(ascii: "}") else {
                throw Complaint("the variable '${\(name)' has no closing '}'", at: start)
            }
            position += 1
        }
        return Token(kind: .variable, text: name, range: start..<position)
    }

    static func isLetter(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    static func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// Whether an expression may have Grafana's variables outside of strings.
package enum VariableUse: Sendable {
    /// As in a rule.
    case none
    /// As in a panel: for durations, see ``GrafanaVariable``. In strings a variable is text like any other.
    case durations
}

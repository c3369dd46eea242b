/// Cuts the text of an expression into tokens.
struct ExpressionLexer {
    enum Token: Equatable {
        case name(String)
        case text(String)
        case number(Double)
        case symbol(String)
        case end
    }

    private let characters: [Character]
    private(set) var position = 0

    init(_ source: String) {
        characters = Array(source)
    }

    /// The next token; its start is in `position` before the call, white space apart.
    mutating func next() throws(ExpressionError) -> Token {
        while position < characters.count, characters[position].isWhitespace { position += 1 }
        guard position < characters.count else { return .end }
        let character = characters[position]
        if character == "'" || character == "\"" { return try quoted(by: character) }
        if character.isASCII, character.isNumber { return try number() }
        if Self.isNameStart(character) { return name() }
        for symbol in ["==", "!=", "<=", ">="] where starts(with: symbol) {
            position += 2
            return .symbol(symbol)
        }
        if "+-*/()<>,[]".contains(character) {
            position += 1
            return .symbol(String(character))
        }
        if character == "×" || character == "÷" || character == "−" {
            position += 1
            return .symbol(character == "×" ? "*" : character == "÷" ? "/" : "-")
        }
        throw ExpressionError("unexpected '\(character)' at column \(position + 1)")
    }

    private func starts(with symbol: String) -> Bool {
        position + 1 < characters.count && String(characters[position...position + 1]) == symbol
    }

    private mutating func quoted(by quote: Character) throws(ExpressionError) -> Token {
        let start = position
        position += 1
        var text = ""
        while position < characters.count, characters[position] != quote {
            text.append(characters[position])
            position += 1
        }
        guard position < characters.count else {
            throw ExpressionError("the text that begins at column \(start + 1) has no closing \(quote)")
        }
        position += 1
        return .text(text)
    }

    private mutating func number() throws(ExpressionError) -> Token {
        let start = position
        while position < characters.count,
            characters[position].isNumber || characters[position] == "." || characters[position] == "e"
                || ("+-".contains(characters[position]) && characters[position - 1] == "e")
        {
            position += 1
        }
        let text = String(characters[start..<position])
        guard let value = Double(text), value.isFinite else {
            throw ExpressionError("'\(text)' at column \(start + 1) is no number")
        }
        return .number(value)
    }

    private mutating func name() -> Token {
        let start = position
        while position < characters.count, Self.isNamePart(characters[position]) { position += 1 }
        return .name(String(characters[start..<position]))
    }

    private static func isNameStart(_ character: Character) -> Bool {
        character == "_" || (character.isASCII && character.isLetter)
    }

    private static func isNamePart(_ character: Character) -> Bool {
        isNameStart(character) || character == "." || (character.isASCII && character.isNumber)
    }
}

/// What is wrong with an expression's text.
package struct ExpressionError: Error, Equatable {
    package let message: String

    init(_ message: String) {
        self.message = message
    }
}

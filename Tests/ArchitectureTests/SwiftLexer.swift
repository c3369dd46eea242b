/// One piece of Swift text that the rules look at; comments are left out.
struct SwiftToken: Equatable, Sendable {
    enum Kind {
        /// A name or a keyword.
        case word

        /// What stands between the quotes of a literal, without its interpolations.
        case string
    }

    let kind: Kind
    let text: String

    /// Counted from 1.
    let line: Int
}

/// Takes Swift text apart into words and string literals; enough of the language for rules about names.
struct SwiftLexer {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private(set) var tokens: [SwiftToken] = []

    /// The tokens of `text`.
    static func tokens(of text: String) -> [SwiftToken] {
        var lexer = SwiftLexer(text)
        lexer.readCode(until: nil)
        return lexer.tokens
    }

    private init(_ text: String) {
        bytes = Array(text.utf8)
    }

    private func starts(_ text: StaticString, at offset: Int = 0) -> Bool {
        let count = text.utf8CodeUnitCount
        guard index + offset + count <= bytes.count else { return false }
        return (0..<count).allSatisfy { bytes[index + offset + $0] == text.utf8Start[$0] }
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            index += 1
        }
    }

    /// Reads up to the closing parenthesis of an interpolation, or to the end.
    private mutating func readCode(until end: UInt8?) {
        var depth = 0
        while index < bytes.count {
            let byte = bytes[index]
            if starts("//") {
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { advance() }
            } else if starts("/*") {
                skipBlockComment()
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "#") && isRawString {
                readString()
            } else if Self.isWord(byte) {
                readWord()
            } else {
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") {
                    if depth == 0, end == byte { return advance() }
                    depth -= 1
                }
                advance()
            }
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                advance(2)
            } else if starts("*/") {
                depth -= 1
                advance(2)
            } else {
                advance()
            }
        } while depth > 0 && index < bytes.count
    }

    private var isRawString: Bool {
        bytes[index...].drop { $0 == UInt8(ascii: "#") }.first == UInt8(ascii: "\"")
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"), 0x80...0xff: true
        default: false
        }
    }

    private mutating func readWord() {
        let start = index
        while index < bytes.count, Self.isWord(bytes[index]) { advance() }
        append(.word, Array(bytes[start..<index]), line: line)
    }

    private mutating func append(_ kind: SwiftToken.Kind, _ text: [UInt8], line: Int) {
        tokens.append(SwiftToken(kind: kind, text: String(decoding: text, as: UTF8.self), line: line))
    }

    private mutating func readString() {
        let start = line
        let pounds = bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count
        advance(pounds)
        let isMultiline = starts("\"\"\"")
        let quoteCount = isMultiline ? 3 : 1
        advance(quoteCount)
        var text: [UInt8] = []
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), hasPounds(pounds, at: 1) {
                advance(1 + pounds)
                if starts("(") {
                    advance()
                    // A literal is one token however it is interrupted; what interrupts it has tokens of its own.
                    readCode(until: UInt8(ascii: ")"))
                    text.append(UInt8(ascii: " "))
                } else {
                    advance()
                }
            } else if isMultiline ? starts("\"\"\"") : starts("\""), hasPounds(pounds, at: quoteCount) {
                advance(quoteCount + pounds)
                break
            } else {
                text.append(bytes[index])
                advance()
            }
        }
        append(.string, text, line: start)
    }

    private func hasPounds(_ count: Int, at offset: Int) -> Bool {
        (0..<count).allSatisfy { number in
            index + offset + number < bytes.count && bytes[index + offset + number] == UInt8(ascii: "#")
        }
    }
}

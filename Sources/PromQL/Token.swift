/// A piece of an expression's text.
struct Token: Equatable {
    enum Kind: Equatable {
        /// A name or keyword without colons.
        case word
        /// A name with colons, which only metrics of recording rules have.
        case colonWord
        case number
        case duration
        /// A quoted string, quotes included.
        case string
        /// A variable of Grafana; the text is its name alone.
        case variable
        case symbol
        case end
    }

    let kind: Kind
    let text: String
    /// In bytes.
    let range: Range<Int>

    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }

    /// Keywords are read in any case; a name stays as it is.
    func isWord(_ word: String) -> Bool { kind == .word && text.lowercased() == word }

    /// How messages name it.
    var shown: String {
        switch kind {
        case .word, .colonWord, .symbol: "'\(text)'"
        case .number: "the number \(text)"
        case .duration: "the duration \(text)"
        case .string: "the string \(text)"
        case .variable: "the variable '$\(text)'"
        case .end: "the end"
        }
    }
}

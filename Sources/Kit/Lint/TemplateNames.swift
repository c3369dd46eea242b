/// What a text in Go's template language says between `{{` and `}}` about an alert.
struct TemplateNames {
    /// Labels that it asks for: `$labels.service`, `.Labels.service`, `index $labels "service"`.
    private(set) var labels: [String] = []
    /// Whether it asks for the value.
    private(set) var hasValue = false

    init(_ text: String) {
        var rest = text[...]
        while let begin = rest.firstRange(of: "{{") {
            rest = rest[begin.upperBound...]
            guard let end = rest.firstRange(of: "}}") else { return }
            read(rest[..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
    }

    private mutating func read(_ action: Substring) {
        for (name, isQuoted) in Self.words(action) {
            if isQuoted { continue }
            for prefix in ["$labels.", ".Labels."] where name.hasPrefix(prefix) {
                labels.append(String(name.dropFirst(prefix.count)))
            }
            if name == "$value" || name == ".Value" { hasValue = true }
        }
        let words = Self.words(action)
        for (index, word) in words.enumerated().dropLast(2) where word.text == "index" {
            if words[index + 1].text == "$labels", words[index + 2].isQuoted {
                labels.append(words[index + 2].text)
            }
        }
    }

    /// Names and quoted texts, in their order.
    private static func words(_ action: Substring) -> [(text: String, isQuoted: Bool)] {
        var words: [(text: String, isQuoted: Bool)] = []
        var rest = action
        while let first = rest.first {
            if first == "\"" || first == "`" {
                let inner = rest.dropFirst().prefix { $0 != first }
                words.append((String(inner), true))
                rest = rest.dropFirst(inner.count + 2)
            } else if first.isLetter || first == "$" || first == "." || first == "_" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || "$._".contains($0) }
                words.append((String(word), false))
                rest = rest[word.endIndex...]
            } else {
                rest = rest.dropFirst()
            }
        }
        return words
    }
}

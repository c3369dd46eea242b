/// The elements of a list in a request's header, with their parameters and weights (RFC 9110, 5.6.6 and 12.4.2).
struct AcceptList {
    /// One element: `text/plain;version=0.0.4;q=0.5`.
    struct Element: Equatable {
        /// What stands before the first semicolon, in lower case.
        let name: String
        /// Names in lower case; values without quotes. The weight is none of them.
        let parameters: [String: String]
        /// 0 to 1; 1 where there is none, 0 where it is no number of that range.
        let weight: Double
    }

    /// In their order; those without a name are left out.
    let elements: [Element]

    /// Reads the values of all headers of one name.
    init(_ values: [String]) {
        elements = values.flatMap { Self.split($0[...], at: ",") }.compactMap { Self.element($0) }
    }

    private static func element(_ text: Substring) -> Element? {
        let fields = split(text, at: ";")
        guard let name = fields.first?.trimmedOfBlanks else { return nil }
        var parameters: [String: String] = [:]
        var weight = 1.0
        for field in fields.dropFirst() {
            guard let equals = field.firstIndex(of: "=") else { continue }
            let key = (field[..<equals].trimmedOfBlanks ?? "").lowercased()
            var value = field[field.index(after: equals)...].trimmedOfBlanks ?? ""
            if value.count >= 2, value.first == "\"", value.last == "\"" {
                value = value.dropFirst().dropLast()
            }
            if key == "q" {
                let number = Double(value) ?? 0
                weight = (0...1).contains(number) ? number : 0
            } else {
                parameters[key] = String(value)
            }
        }
        return Element(name: name.lowercased(), parameters: parameters, weight: weight)
    }

    /// Splits at `separator` outside of quotes.
    private static func split(_ text: Substring, at separator: Character) -> [Substring] {
        var isQuoted = false
        return text.split(omittingEmptySubsequences: false) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == separator && !isQuoted
        }
    }
}

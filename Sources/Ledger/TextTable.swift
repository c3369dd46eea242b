internal import Bytes

/// Texts by number: each distinct one once, compared byte for byte.
struct TextTable: Sendable {
    private(set) var texts: [String] = []
    private var numbers: [ExactText: Int32] = [:]

    /// The number of a text, which is given one where it is new; −1 for none.
    mutating func number(_ text: String?) -> Int32 {
        guard let text else { return -1 }
        if let known = numbers[ExactText(text)] { return known }
        let number = Int32(texts.count)
        texts.append(text)
        numbers[ExactText(text)] = number
        return number
    }

    /// The text of a number; nil for −1.
    subscript(number: Int32) -> String? {
        number < 0 ? nil : texts[Int(number)]
    }
}

/// A text that equals another of the same bytes only: a String equals its other normal forms, too.
struct ExactText: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: Self, right: Self) -> Bool {
        let count = left.text.utf8.count
        guard count == right.text.utf8.count else { return false }
        return left.text.utf8.span.bytes.isEqual(at: 0, to: right.text.utf8.span.bytes, at: 0, count: count)
    }

    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

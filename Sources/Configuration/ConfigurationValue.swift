/// What a source gave for an option, before it is checked.
package enum RawValue: Sendable, Equatable {
    /// Text: a flag, an environment variable, or a YAML scalar.
    case text(String)

    /// A YAML sequence of scalars.
    case list([String])

    /// A YAML shape that no option takes, named for the message: `a mapping`.
    case shape(String)
}

/// Why a raw value is no value of an option's type; the caller adds which option and where.
package struct ValueProblem: Error, Equatable {
    /// What was wanted instead, with an example: `a size such as 64MiB`.
    package let wanted: String

    /// Describes what was wanted.
    package init(wanted: String) {
        self.wanted = wanted
    }
}

/// A type that an option's value can have.
package protocol ConfigurationValue: Sendable {
    /// The value's place in a help text: `HOST:PORT`.
    static var placeholder: String { get }

    /// Reads one line of text.
    ///
    /// - Throws: `ValueProblem`, which says what was wanted.
    init(configurationText text: String) throws(ValueProblem)

    /// Reads a raw value of any shape; types other than lists need not implement it.
    ///
    /// - Throws: `ValueProblem`, which says what was wanted.
    init(raw: RawValue) throws(ValueProblem)

    /// The value as one would write it; `init(configurationText:)` reads it back.
    var configurationText: String { get }
}

extension ConfigurationValue {
    /// Takes text and refuses every other shape.
    package init(raw: RawValue) throws(ValueProblem) {
        guard case .text(let text) = raw else {
            throw ValueProblem(wanted: "a single value, \(Self.placeholder)")
        }
        try self.init(configurationText: text)
    }
}

extension Int: ConfigurationValue {
    package static var placeholder: String { "NUMBER" }

    package init(configurationText text: String) throws(ValueProblem) {
        guard let value = Int(text), text.utf8.first != UInt8(ascii: "+") else {
            throw ValueProblem(wanted: "a whole number")
        }
        self = value
    }

    package var configurationText: String { String(self) }
}

extension Bool: ConfigurationValue {
    package static var placeholder: String { "true|false" }

    package init(configurationText text: String) throws(ValueProblem) {
        switch text {
        case "true": self = true
        case "false": self = false
        default: throw ValueProblem(wanted: "true or false")
        }
    }

    package var configurationText: String { self ? "true" : "false" }
}

extension String: ConfigurationValue {
    package static var placeholder: String { "TEXT" }

    package init(configurationText text: String) throws(ValueProblem) {
        let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
        guard !text.isEmpty, isPrintable else {
            throw ValueProblem(wanted: "text that is not empty and has no control characters")
        }
        self = text
    }

    package var configurationText: String { self }
}

extension [String]: ConfigurationValue {
    package static var placeholder: String { "NAME,…" }

    private static var wanted: String { "a list such as [one, two], no item empty" }

    package init(configurationText text: String) throws(ValueProblem) {
        let items = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
        try self.init(items: items)
    }

    package init(raw: RawValue) throws(ValueProblem) {
        switch raw {
        case .text(let text): try self.init(configurationText: text)
        case .list(let items): try self.init(items: items)
        case .shape: throw ValueProblem(wanted: Self.wanted)
        }
    }

    private init(items: [String]) throws(ValueProblem) {
        guard items.allSatisfy({ !$0.isEmpty }) else { throw ValueProblem(wanted: Self.wanted) }
        self = items
    }

    package var configurationText: String { joined(separator: ",") }
}

extension StringProtocol {
    /// The text without the blanks and tabs around it.
    var trimmed: String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        guard let start = firstIndex(where: { !isBlank($0) }), let end = lastIndex(where: { !isBlank($0) })
        else {
            return ""
        }
        return String(self[start...end])
    }
}

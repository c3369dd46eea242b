/// A JSON value whose members keep their order, so that the same model always becomes the same bytes.
indirect enum JSON: Sendable, Equatable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([Member])

    /// A name with its value.
    struct Member: Sendable, Equatable {
        let name: String
        let value: JSON
    }

    /// The text, two blanks for each level and a line end behind the last line.
    var rendered: String {
        var text = ""
        write(to: &text, indent: 0)
        return text + "\n"
    }

    private func write(to text: inout String, indent: Int) {
        let inner = String(repeating: "  ", count: indent + 1)
        let outer = String(repeating: "  ", count: indent)
        switch self {
        case .null: text += "null"
        case .flag(let flag): text += flag ? "true" : "false"
        case .number(let number): text += number.plain
        case .text(let string): text += Self.quoted(string)
        case .list(let items):
            guard !items.isEmpty else { return text += "[]" }
            text += "[\n"
            for (index, item) in items.enumerated() {
                text += inner
                item.write(to: &text, indent: indent + 1)
                text += index + 1 < items.count ? ",\n" : "\n"
            }
            text += outer + "]"
        case .object(let members):
            guard !members.isEmpty else { return text += "{}" }
            text += "{\n"
            for (index, member) in members.enumerated() {
                text += inner + Self.quoted(member.name) + ": "
                member.value.write(to: &text, indent: indent + 1)
                text += index + 1 < members.count ? ",\n" : "\n"
            }
            text += outer + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    init(stringLiteral text: String) { self = .text(text) }
    init(booleanLiteral flag: Bool) { self = .flag(flag) }
    init(integerLiteral number: Int) { self = .number(Double(number)) }
    init(floatLiteral number: Double) { self = .number(number) }
    init(arrayLiteral items: JSON...) { self = .list(items) }
    /// Members whose value is nil are left out.
    init(dictionaryLiteral members: (String, JSON?)...) {
        self = .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }

    init(_ number: Int) { self = .number(Double(number)) }
    init(_ texts: [String]) { self = .list(texts.map { .text($0) }) }
}

extension Double {
    /// Without a fraction where it has none: `1`, `0.85`.
    var plain: String {
        if let integer = Int(exactly: self) { return String(integer) }
        return String(self)
    }
}

/// Steps through one sample line of the text format.
struct LabelCursor {
    private(set) var rest: Substring
    private let lineNumber: Int

    init(_ line: Substring, number: Int) {
        rest = line
        lineNumber = number
    }

    private func problem(_ reason: String) -> ExpositionProblem {
        ExpositionProblem(line: lineNumber, reason: reason)
    }

    /// Takes `text` if it comes next.
    mutating func skip(_ text: String) -> Bool {
        guard rest.utf8.starts(with: text.utf8) else { return false }
        rest = Substring(rest.utf8.dropFirst(text.utf8.count))
        return true
    }

    /// Takes what may stand in a name; empty where none comes.
    mutating func name(colons: Bool) -> String {
        let bytes = rest.utf8.prefix { ExpositionParser.isNameByte($0, colons: colons) }
        rest = Substring(rest.utf8.dropFirst(bytes.count))
        return String(Substring(bytes))
    }

    /// Takes `{name="value",…}`; none is none.
    mutating func labels() throws(ExpositionProblem) -> [ExposedSeries.Label] {
        var labels: [ExposedSeries.Label] = []
        guard skip("{") else { return labels }
        repeat {
            let name = name(colons: false)
            guard ExpositionParser.isName(name, colons: false), skip("=\"") else {
                throw problem("no label at '\(rest.prefix(40))'")
            }
            guard !labels.contains(where: { $0.name == name }) else { throw problem("label \(name) twice") }
            labels.append(ExposedSeries.Label(name: name, value: try value()))
        } while skip(",")
        guard skip("}") else { throw problem("no end of labels at '\(rest.prefix(40))'") }
        return labels
    }

    /// Takes a value up to its closing quote; only `\\`, `\"` and `\n` are escapes.
    private mutating func value() throws(ExpositionProblem) -> String {
        var bytes: [UInt8] = []
        var input = rest.utf8
        while let byte = input.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                rest = Substring(input)
                return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                switch input.popFirst() {
                case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
                case UInt8(ascii: "\""): bytes.append(UInt8(ascii: "\""))
                case UInt8(ascii: "n"): bytes.append(0x0A)
                default: throw problem("an escape that is none")
                }
            default: bytes.append(byte)
            }
        }
        throw problem("a label value without an end")
    }
}

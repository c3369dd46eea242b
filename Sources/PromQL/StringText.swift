/// Quoted strings, which have Go's escapes.
enum StringText {
    /// The bytes that a literal means, whose escapes the lexer has checked.
    ///
    /// `\xff` is one byte of 255, not a character, so the bytes need not be UTF-8.
    static func bytes(of literal: some Collection<UInt8>) -> [UInt8] {
        let inner = Array(literal.dropFirst().dropLast())
        guard literal.first != UInt8(ascii: "`") else { return inner }
        var bytes: [UInt8] = []
        var index = 0
        while index < inner.count {
            guard inner[index] == UInt8(ascii: "\\"), index + 1 < inner.count else {
                bytes.append(inner[index])
                index += 1
                continue
            }
            let escape = inner[index + 1]
            if let byte = simple[escape] {
                bytes.append(byte)
                index += 2
            } else if let (skipped, count, radix) = numeric(escape) {
                let digits = inner[(index + 1 + skipped)...].prefix(count)
                let value = UInt32(String(decoding: digits, as: UTF8.self), radix: radix) ?? 0
                if count <= 3 {
                    bytes.append(UInt8(truncatingIfNeeded: value))
                } else if let scalar = Unicode.Scalar(value) {
                    bytes.append(contentsOf: Character(scalar).utf8)
                }
                index += 1 + skipped + count
            } else {
                bytes.append(escape)
                index += 2
            }
        }
        return bytes
    }

    /// Escapes of one letter.
    static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
        UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 92,
    ]

    /// Escapes by number: how many letters come before the digits, how many digits, in what base.
    static func numeric(_ escape: UInt8) -> (skipped: Int, count: Int, radix: Int)? {
        switch escape {
        case UInt8(ascii: "0")...UInt8(ascii: "7"): (0, 3, 8)
        case UInt8(ascii: "x"): (1, 2, 16)
        case UInt8(ascii: "u"): (1, 4, 16)
        case UInt8(ascii: "U"): (1, 8, 16)
        default: nil
        }
    }

    /// The literal of `text` in double quotes.
    static func quoted(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": literal += "\\\(scalar)"
            case "\n": literal += "\\n"
            case "\r": literal += "\\r"
            case "\t": literal += "\\t"
            // Prometheus takes the replacement character itself for broken UTF-8.
            case "\u{FFFD}": literal += "\\ufffd"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                literal += (scalar.value < 16 ? "\\x0" : "\\x") + String(scalar.value, radix: 16)
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}

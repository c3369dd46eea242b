extension RegularExpression {
    /// `[a-z]`, whose bracket is the current character.
    mutating func characterClass() throws(Invalid) {
        _ = take("[")
        _ = take("^")
        var isFirst = true
        while isFirst || !starts(with: "]") {
            isFirst = false
            guard current != nil else { throw Invalid(message: "lacks a ']'") }
            if take("[:") {
                if let name = takeUntil(":]") {
                    guard Self.namedClasses.contains(name.hasPrefix("^") ? String(name.dropFirst()) : name)
                    else {
                        throw Invalid(message: "has the unknown class '[:\(name):]'")
                    }
                    continue
                }
                // A bracket and a colon then; the colon may begin a range.
                position(back: 1)
                try range(from: "[")
                continue
            }
            if take("\\") {
                if try !classEscape() { try range(from: try characterEscape()) }
            } else if let scalar = takeOne() {
                try range(from: scalar)
            }
        }
        _ = take("]")
    }

    /// Passes `-z` behind `first`, if it stands there.
    private mutating func range(from first: Unicode.Scalar) throws(Invalid) {
        guard starts(with: "-"), !starts(with: "-]"), take("-") else { return }
        let last = take("\\") ? try characterEscape() : takeOne()
        guard let last else { throw Invalid(message: "lacks a ']'") }
        guard first <= last else { throw Invalid(message: "has the range \(first)-\(last), which falls") }
    }

    /// A class behind a backslash: `d`, `W`, `pL`, `P{Greek}`.
    /// - Returns: False, and no move, if there is none.
    mutating func classEscape() throws(Invalid) -> Bool {
        for letter in ["d", "D", "s", "S", "w", "W"] where take(letter) { return true }
        guard take("p") || take("P") else { return false }
        let name: String?
        if take("{") {
            name = takeUntil("}").map { $0.hasPrefix("^") ? String($0.dropFirst()) : $0 }
        } else {
            name = takeOne().map { String(Character($0)) }
        }
        guard let name, Self.unicodeClasses.contains(name) else {
            throw Invalid(message: "has an unknown class of Unicode")
        }
        return true
    }

    /// A single character behind a backslash.
    mutating func characterEscape() throws(Invalid) -> Unicode.Scalar {
        guard let scalar = takeOne() else { throw Invalid(message: "ends with a backslash") }
        switch scalar {
        case "a": return "\u{7}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{B}"
        case "x":
            if let value = hexadecimal() { return value }
        case "0"..."7":
            // A single digit but 0 would refer back to a group, which Go has not.
            let digits = octalDigits(max: 2)
            if scalar == "0" || !digits.isEmpty {
                let text = String(Character(scalar)) + digits
                if let value = UInt32(text, radix: 8).flatMap(Unicode.Scalar.init) { return value }
            }
        default:
            if scalar.isASCII, !Self.isLetterOrDigit(scalar) { return scalar }
        }
        throw Invalid(message: "has the unknown escape '\\\(scalar)'")
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        let character = Character(scalar)
        return character.isLetter || character.isNumber
    }

    private mutating func octalDigits(max count: Int) -> String {
        var digits = ""
        while digits.count < count, let scalar = current, ("0"..."7").contains(scalar) {
            digits.unicodeScalars.append(scalar)
            _ = takeOne()
        }
        return digits
    }

    /// `41` or `{1F600}` behind `\x`.
    private mutating func hexadecimal() -> Unicode.Scalar? {
        var digits = ""
        if take("{") {
            guard let text = takeUntil("}") else { return nil }
            digits = text
        } else {
            for _ in 0..<2 {
                guard let scalar = takeOne() else { return nil }
                digits.unicodeScalars.append(scalar)
            }
        }
        guard digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16) else { return nil }
        return Unicode.Scalar(value)
    }

    private static let namedClasses: Set = [
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
        "upper", "word", "xdigit",
    ]

    /// The general categories and the scripts that somebody might ask for; Go knows some 150 scripts more.
    private static let unicodeClasses: Set = [
        "Any", "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N",
        "Nd",
        "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl",
        "Zp",
        "Zs", "Arabic", "Common", "Cyrillic", "Devanagari", "Greek", "Han", "Hangul", "Hebrew", "Hiragana",
        "Inherited", "Katakana", "Latin", "Thai",
    ]
}

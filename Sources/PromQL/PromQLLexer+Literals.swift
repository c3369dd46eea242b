extension PromQLLexer {
    /// Goes behind the string that begins here, and checks its escapes.
    mutating func scanString(by quote: UInt8) throws(Complaint) {
        let start = position
        position += 1
        while let byte = current, byte != quote {
            if bytes[position...].starts(with: [0xEF, 0xBF, 0xBD]) {
                throw Complaint("the string has broken UTF-8, or U+FFFD, which says so", at: position)
            }
            if quote == UInt8(ascii: "`") {
                position += 1
                continue
            }
            guard byte != UInt8(ascii: "\n") else { break }
            if byte == UInt8(ascii: "\\") {
                try scanEscape(in: quote)
            } else {
                position += 1
            }
        }
        guard current == quote else {
            let shown = Character(Unicode.Scalar(quote))
            throw Complaint("the string that begins here has no closing \(shown)", at: start)
        }
        position += 1
    }

    private mutating func scanEscape(in quote: UInt8) throws(Complaint) {
        let start = position
        guard let escape = byte(at: start + 1) else { return position += 1 }
        if StringText.simple[escape] != nil || escape == quote { return position += 2 }
        guard let (skipped, count, radix) = StringText.numeric(escape) else {
            let character = String(decoding: bytes[(start + 1)...].prefix(4), as: UTF8.self).prefix(1)
            throw Complaint("unknown escape '\\\(character)' in a string", at: start)
        }
        let digits = bytes[(start + 1 + skipped)...].prefix(count)
        guard digits.count == count, digits.allSatisfy({ Self.isLetter($0) || Self.isDigit($0) }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: radix)
        else {
            throw Complaint("the escape in a string wants \(count) digits to the base of \(radix)", at: start)
        }
        guard count <= 3 ? value <= 255 : Unicode.Scalar(value) != nil else {
            throw Complaint("the escape in a string is no Unicode character", at: start)
        }
        position += 1 + skipped + count
    }

    /// Goes behind a number or duration, which is not yet known to mean something.
    mutating func scanNumberOrDuration(allowingUnderscores: Bool) throws(Complaint) -> Token.Kind {
        let start = position
        if allowingUnderscores ? scanNumberWithUnderscores() : scanPlainNumber(), !isWordByte(current) {
            return .number
        }
        if scanUnits(), !isWordByte(current) { return .duration }
        while isWordByte(current) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        throw Complaint("'\(text)' is neither a number nor a duration", at: start)
    }

    private func isWordByte(_ byte: UInt8?) -> Bool { Self.isLetter(byte) || Self.isDigit(byte) }

    private mutating func take(_ choices: String) -> Bool {
        guard let byte = current, choices.utf8.contains(byte) else { return false }
        position += 1
        return true
    }

    private mutating func takeAll(_ choices: String) {
        while take(choices) {}
    }

    private static let decimal = "0123456789"
    private static let hexadecimal = "0123456789abcdefABCDEF"

    /// As 2.42 scans: digits, a dot, digits, an exponent.
    private mutating func scanPlainNumber() -> Bool {
        var digits = Self.decimal
        if take("0"), take("xX") { digits = Self.hexadecimal }
        takeAll(digits)
        if take(".") { takeAll(digits) }
        if take("eE") {
            _ = take("+-")
            takeAll(Self.decimal)
        }
        return true
    }

    /// As 3.5 scans: digits with single underscores between them, at most one dot and one exponent.
    private mutating func scanNumberWithUnderscores() -> Bool {
        var digits = Self.decimal
        if take("0"), take("xX") {
            _ = take("_")
            digits = Self.hexadecimal
        }
        _ = take(".")
        _ = take(digits)
        var hasDot = false
        var hasExponent = false
        while let byte = current, (digits + "._eE").utf8.contains(byte) {
            if byte == UInt8(ascii: ".") {
                guard !hasDot, digits == Self.decimal else { return false }
                hasDot = true
                position += 1
                if take("_.") { return false }
            } else if take("_") {
                if take("._eE") || current == nil { return false }
            } else if take("eE") {
                guard !hasExponent else { return false }
                hasExponent = true
                _ = take("+-")
                if take("._eE") || current == nil { return false }
            } else {
                takeAll(digits)
            }
        }
        return true
    }

    /// Units, with further digits between them; whether they fit each other is for the parser to see.
    private mutating func scanUnits() -> Bool {
        guard take("smhdwy") else { return false }
        _ = take("s")
        while take(Self.decimal) {
            takeAll(Self.decimal)
            guard take("smhdw") else { return false }
            _ = take("s")
        }
        return true
    }
}

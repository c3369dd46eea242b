/// Finds one value in the text of a JSON object, without reading the rest of it into memory.
///
/// What stands behind the value is not looked at, so that a text which was cut off still says what it says; a
/// value must be followed by a comma or a brace, so that no half of a number is taken for one. Of names that
/// come twice the first counts, and names with an escape in them are no name's equal.
package struct JSONMember {
    private var position: Int
    private let end: Int

    /// Longer texts say nothing: no counts of tokens are as long, and prompts are.
    package static let byteCountMax = 1 << 14

    /// Where the value stands that a path of names leads to, through objects in objects: a text without its
    /// quotes, a number, `true` or `false`.
    ///
    /// - Returns: nil where there is none, for null, objects, arrays, texts with escapes, and what is no JSON.
    /// - Complexity: O(`count`), at most `byteCountMax`.
    package static func range(of path: [[UInt8]], in bytes: RawSpan, at offset: Int, count: Int)
        -> Range<Int>?
    {
        guard !path.isEmpty, offset >= 0, count <= byteCountMax, offset <= bytes.byteCount - count else {
            return nil
        }
        var member = JSONMember(position: offset, end: offset + count)
        return member.find(path, bytes)
    }

    private mutating func find(_ path: [[UInt8]], _ bytes: RawSpan) -> Range<Int>? {
        var level = 0
        guard take("{", bytes) else { return nil }
        while true {
            // The brace that ends an object is no text, either.
            skipBlanks(bytes)
            guard let name = string(bytes)?.range, take(":", bytes) else { return nil }
            skipBlanks(bytes)
            if isEqual(name, path[level], bytes) {
                level += 1
                if level == path.count { return scalar(bytes) }
                guard take("{", bytes) else { return nil }
            } else {
                guard skipValue(bytes), take(",", bytes) else { return nil }
            }
        }
    }

    private func byte(_ position: Int, _ bytes: RawSpan) -> UInt8 {
        bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
    }

    private func isEqual(_ range: Range<Int>, _ name: [UInt8], _ bytes: RawSpan) -> Bool {
        guard range.count == name.count else { return false }
        for index in 0..<name.count where byte(range.lowerBound + index, bytes) != name[index] {
            return false
        }
        return true
    }

    private mutating func skipBlanks(_ bytes: RawSpan) {
        while position < end, Self.isBlank(byte(position, bytes)) { position += 1 }
    }

    /// Passes over a sign and the blanks before it; false where something else stands.
    private mutating func take(_ sign: Unicode.Scalar, _ bytes: RawSpan) -> Bool {
        skipBlanks(bytes)
        guard position < end, byte(position, bytes) == UInt8(ascii: sign) else { return false }
        position += 1
        return true
    }

    /// Passes over a text in quotes; nil where there is none, or no end of it.
    private mutating func string(_ bytes: RawSpan) -> (range: Range<Int>, isPlain: Bool)? {
        guard position < end, byte(position, bytes) == UInt8(ascii: "\"") else { return nil }
        position += 1
        let start = position
        var isPlain = true
        while position < end {
            switch byte(position, bytes) {
            case UInt8(ascii: "\""):
                position += 1
                return (start..<position - 1, isPlain)
            case UInt8(ascii: "\\"):
                isPlain = false
                position += 2
            case 0..<0x20: return nil
            default: position += 1
            }
        }
        return nil
    }

    /// Passes over a value of any kind; false where there is none. Braces and brackets are only counted.
    private mutating func skipValue(_ bytes: RawSpan) -> Bool {
        var depth = 0
        repeat {
            skipBlanks(bytes)
            guard position < end else { return false }
            switch byte(position, bytes) {
            case UInt8(ascii: "\""): guard string(bytes) != nil else { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { return false }
                position += 1
            default: word(bytes)
            }
        } while depth > 0
        return depth == 0
    }

    /// Passes over what is neither text, object nor array.
    @discardableResult private mutating func word(_ bytes: RawSpan) -> Range<Int> {
        let start = position
        while position < end, !Self.endsWord(byte(position, bytes)) { position += 1 }
        return start..<position
    }

    private mutating func scalar(_ bytes: RawSpan) -> Range<Int>? {
        let found: Range<Int>
        if let text = string(bytes) {
            guard text.isPlain else { return nil }
            found = text.range
        } else {
            found = word(bytes)
            guard
                Self.isNumber(found, bytes) || isEqual(found, Array("true".utf8), bytes)
                    || isEqual(found, Array("false".utf8), bytes)
            else { return nil }
        }
        return take(",", bytes) || take("}", bytes) ? found : nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "{"),
            UInt8(ascii: "["), UInt8(ascii: "\""):
            true
        default: isBlank(byte)
        }
    }

    /// Whether a word is a number as JSON writes it.
    private static func isNumber(_ range: Range<Int>, _ bytes: RawSpan) -> Bool {
        var position = range.lowerBound
        func next() -> UInt8 {
            position < range.upperBound ? bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self) : 0
        }
        func digits() -> Int {
            let start = position
            while next() &- 0x30 <= 9 { position += 1 }
            return position - start
        }
        if next() == UInt8(ascii: "-") { position += 1 }
        let isZero = next() == UInt8(ascii: "0")
        let count = digits()
        guard count == 1 || count > 1 && !isZero else { return false }
        if next() == UInt8(ascii: ".") {
            position += 1
            guard digits() > 0 else { return false }
        }
        if next() | 0x20 == UInt8(ascii: "e") {
            position += 1
            if next() == UInt8(ascii: "+") || next() == UInt8(ascii: "-") { position += 1 }
            guard digits() > 0 else { return false }
        }
        return position == range.upperBound
    }
}

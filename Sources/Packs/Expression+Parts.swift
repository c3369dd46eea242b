extension Expression {
    /// Whether a text names a commit: 40 or 64 hex digits, or 7 to 39 with a letter and a digit among them, so
    /// that neither a date nor a word is taken for one.
    package static func isCommit(_ text: RawSpan) -> Bool {
        var hasLetter = false
        var hasDigit = false
        for index in 0..<text.byteCount {
            switch text.unsafeLoad(fromByteOffset: index, as: UInt8.self) {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                hasLetter = true
            default: return false
            }
        }
        if text.byteCount == 40 || text.byteCount == 64 { return true }
        return (7...39).contains(text.byteCount) && hasLetter && hasDigit
    }
}

extension TextPattern {
    /// Whether the whole of `text` matches.
    ///
    /// Complexity: O(pieces × bytes).
    package func matches(whole text: [UInt8]) -> Bool { starRange(in: text) != nil || pieces == [text] }

    /// Where in `text` lies what the first star stands for; nil where the text does not match or the pattern
    /// has no star. Stars take as little as they can, but for the last.
    package func starRange(in text: [UInt8]) -> Range<Int>? {
        guard pieces.count > 1, let first = pieces.first, let last = pieces.last,
            text.count >= first.count + last.count, text.starts(with: first),
            text.suffix(last.count).elementsEqual(last)
        else { return nil }
        let end = text.count - last.count
        var position = first.count
        var found: Range<Int>?
        for piece in pieces.dropFirst().dropLast() {
            var start = position
            while start + piece.count <= end, !text[start..<start + piece.count].elementsEqual(piece) {
                start += 1
            }
            guard start + piece.count <= end else { return nil }
            found = found ?? position..<start
            position = start + piece.count
        }
        return found ?? first.count..<end
    }
}

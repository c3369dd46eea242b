/// Makes of a failure's message what the same failure says every time: without numbers, ids, paths and quoted
/// texts. What is left may be kept and shown; the message itself may not.
package enum FailurePattern {
    /// Longer patterns are cut.
    package static let byteCountMax = 120
    /// More of a message is not looked at.
    private static let messageByteCountMax = 1_024

    /// - Parameters:
    ///   - type: the exception's type; it stands first unless the message begins with it.
    ///   - message: of it counts the first line that is not empty.
    /// - Returns: nil where nothing is left.
    package static func text(type: [UInt8] = [], message: [UInt8]) -> String? {
        let line = firstLine(CaseID.cut(message, byteCountMax: messageByteCountMax))
        let type = firstLine(CaseID.cut(type, byteCountMax: byteCountMax))
        var whole = line
        if line.isEmpty {
            whole = type
        } else if !type.isEmpty, !line.starts(with: type) {
            whole = type + Array(": ".utf8) + line
        }
        let pattern = CaseID.cut(redacted(whole), byteCountMax: byteCountMax)
        return pattern.isEmpty ? nil : String(decoding: pattern, as: UTF8.self)
    }

    /// The text without its numbers, ids, paths, addresses and quoted texts, and with single blanks.
    package static func redacted(_ text: [UInt8]) -> [UInt8] { singleBlanks(numbers(words(quoted(text)))) }

    private static func firstLine(_ text: [UInt8]) -> [UInt8] {
        for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            guard let start = line.firstIndex(where: { !isBlank($0) }),
                let end = line.lastIndex(where: { !isBlank($0) })
            else { continue }
            return Array(line[start...end])
        }
        return []
    }

    /// Quoted text, of either kind of quotes, becomes `"…"`. An apostrophe inside a word is none.
    private static func quoted(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        while position < text.count {
            let byte = text[position]
            let begins = position == 0 || !isWord(text[position - 1])
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") && begins,
                let end = text[(position + 1)...].firstIndex(of: byte)
            {
                result += Array("\"…\"".utf8)
                position = end + 1
            } else {
                result.append(byte)
                position += 1
            }
        }
        return result
    }

    /// Paths and URLs become `<path>`, addresses of mail `<address>`, ids `<id>`.
    private static func words(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        while position < text.count {
            guard isPart(text[position]) else {
                result.append(text[position])
                position += 1
                continue
            }
            var end = position
            while end < text.count, isPart(text[end]) { end += 1 }
            // A full stop or colon behind a word is not of it.
            var last = end
            while last > position + 1, [UInt8(ascii: "."), UInt8(ascii: ":")].contains(text[last - 1]) {
                last -= 1
            }
            let word = text[position..<last]
            result +=
                isPath(word) ? Array("<path>".utf8) : isAddress(word) ? Array("<address>".utf8) : ids(word)
            result += text[last..<end]
            position = end
        }
        return result
    }

    /// Somebody's address at some place: whose it is does not belong on a page.
    private static func isAddress(_ word: ArraySlice<UInt8>) -> Bool {
        guard let at = word.firstIndex(of: UInt8(ascii: "@")) else { return false }
        return at > word.startIndex && at + 1 < word.endIndex && isWord(word[at - 1]) && isWord(word[at + 1])
    }

    /// A path has a slash in it beside names, or is an address with a scheme.
    private static func isPath(_ word: ArraySlice<UInt8>) -> Bool {
        let slashes = word.count { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        guard slashes > 0, word.count > slashes else { return false }
        if word.first == UInt8(ascii: "/") || word.first == UInt8(ascii: ".") || slashes > 1 { return true }
        return word.contains { isLetter($0) }
    }

    /// Runs of letters and digits that are hex of six digits or more become `<id>`, and so do those that
    /// hyphens join to a uuid.
    private static func ids(_ word: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var position = word.startIndex
        while position < word.endIndex {
            guard isWord(word[position]) else {
                result.append(word[position])
                position += 1
                continue
            }
            if let end = uuidEnd(word, position) {
                result += Array("<id>".utf8)
                position = end
                continue
            }
            var end = position
            while end < word.endIndex, isWord(word[end]) { end += 1 }
            let run = word[position..<end]
            result += isID(run) ? Array("<id>".utf8) : Array(run)
            position = end
        }
        return result
    }

    private static func uuidEnd(_ word: ArraySlice<UInt8>, _ start: Int) -> Int? {
        let end = start + 36
        guard end <= word.endIndex, end == word.endIndex || !isWord(word[end]) else { return nil }
        for index in 0..<36 {
            let isHyphen = [8, 13, 18, 23].contains(index)
            let byte = word[start + index]
            guard isHyphen ? byte == UInt8(ascii: "-") : isHex(byte) else { return nil }
        }
        return end
    }

    private static func isID(_ run: ArraySlice<UInt8>) -> Bool {
        if run.count > 2, run.starts(with: Array("0x".utf8)) { return run.dropFirst(2).allSatisfy(isHex) }
        // Digits alone are a number, letters alone a word: "decade" and "facade" are hex, too.
        return run.count >= 6 && run.allSatisfy(isHex) && run.contains(where: isLetter)
            && run.contains(where: isDigit)
    }

    /// Numbers become `#`, with their sign's digits, fraction and exponent.
    private static func numbers(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        while position < text.count {
            guard isDigit(text[position]) else {
                result.append(text[position])
                position += 1
                continue
            }
            while position < text.count, isDigit(text[position]) { position += 1 }
            while position + 1 < text.count,
                [UInt8(ascii: "."), UInt8(ascii: ",")].contains(text[position]), isDigit(text[position + 1])
            {
                position += 1
                while position < text.count, isDigit(text[position]) { position += 1 }
            }
            result.append(UInt8(ascii: "#"))
        }
        return result
    }

    private static func singleBlanks(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in text {
            guard isBlank(byte) else {
                result.append(byte)
                continue
            }
            if result.last != 0x20 { result.append(0x20) }
        }
        return result
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x7F }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isLetter(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }
    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }
    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }
    /// What paths, addresses and ids are made of.
    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"),
            UInt8(ascii: "~"), UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: "%"), UInt8(ascii: "@"),
            UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "="):
            true
        default: isWord(byte)
        }
    }
}

/// What the text of a skill's file says of itself.
enum SkillText {
    private static let nameByteCountMax = 256

    /// The name of the skill of a file: `name` in its front matter, else its directory, else that of the repository.
    ///
    /// - Parameter content: nil where it is too large, or gone.
    static func name(_ content: [UInt8]?, path: String, repository: String) -> String {
        if let content, let name = declared(content) { return name }
        let parts = path.split(separator: "/")
        if parts.count > 1 { return cleaned(parts[parts.count - 2]) }
        let last = repository.split(separator: "/").last { $0 != "." }
        return last.map(cleaned) ?? "skill"
    }

    /// `name` of the front matter: between a first line `---` and the next one, on a line of its own.
    private static func declared(_ content: [UInt8]) -> String? {
        guard let text = String(validating: content, as: UTF8.self) else { return nil }
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        // A byte order mark is no part of the text.
        if lines.first?.hasPrefix("\u{FEFF}") == true { lines[0].removeFirst() }
        guard let first = lines.popFirst(), trimmed(first) == "---" else { return nil }
        for line in lines {
            if trimmed(line) == "---" { return nil }
            guard line.hasPrefix("name:") else { continue }
            var value = trimmed(line.dropFirst("name:".count))
            if let quote = value.first, quote == "\"" || quote == "'" {
                let inner = value.dropFirst()
                guard let end = inner.firstIndex(of: quote) else { return nil }
                value = inner[..<end]
            } else if let comment = value.firstRange(of: " #") {
                value = trimmed(value[..<comment.lowerBound])
            }
            let name = cleaned(value)
            return name.isEmpty ? nil : name
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let front = text.drop(while: \.isWhitespace)
        return front.lastIndex { !$0.isWhitespace }.map { front[...$0] } ?? ""
    }

    /// One line of bounded length.
    private static func cleaned(_ text: Substring) -> String {
        var name = ""
        for character in text {
            let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
            let next = isControl ? " " : character
            if name.utf8.count + next.utf8.count > nameByteCountMax { break }
            name.append(next)
        }
        return name
    }
}

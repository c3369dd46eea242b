/// An expression with its names filled in, that still knows where each part stood in the pack.
struct ExpandedText: Sendable {
    private(set) var text = ""
    private let template: String
    /// Where pieces begin: in the text, and in the template. Filled in pieces have no length in the template.
    private var pieces: [(start: Int, origin: Int, isCopied: Bool)] = []

    /// - Parameter replacements: what stands in the template, in its order, and what comes in its place.
    init(_ template: String, replacing replacements: [(range: Range<String.Index>, text: String)] = []) {
        self.template = template
        var next = template.startIndex
        for (range, replacement) in replacements {
            append(template[next..<range.lowerBound], from: next, isCopied: true)
            append(replacement[...], from: range.lowerBound, isCopied: false)
            next = range.upperBound
        }
        append(template[next...], from: next, isCopied: true)
    }

    private mutating func append(_ piece: Substring, from index: String.Index, isCopied: Bool) {
        pieces.append(
            (text.utf8.count, template.utf8.distance(from: template.startIndex, to: index), isCopied))
        text += piece
    }

    /// `line:column` of the template, both from 1, for a byte of the text.
    func place(of offset: Int) -> String {
        let piece = pieces.last { $0.start <= offset } ?? (0, 0, true)
        let origin = piece.isCopied ? piece.origin + offset - piece.start : piece.origin
        let before = template.utf8.prefix(origin)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { template.utf8.index(after: $0) }
        let column = template[(lineStart ?? template.startIndex)..<before.endIndex].count + 1
        return "\(before.count { $0 == UInt8(ascii: "\n") } + 1):\(column)"
    }

    /// What stands in the text between these bytes, shortened where it is long.
    func excerpt(_ range: Range<Int>) -> String {
        let bytes = text.utf8.dropFirst(range.lowerBound).prefix(range.count)
        let line = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        return line.count > 60 ? line.prefix(57) + "…" : line
    }
}

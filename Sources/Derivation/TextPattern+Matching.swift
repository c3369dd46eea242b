import Bytes
import MetricModel
import Packs

extension TextPattern {
    /// Whether the `count` bytes of `bytes` at `offset` match.
    ///
    /// HOT: per span and selector (benchmark `derive`). Complexity: O(pieces × `count`), no backtracking: the
    /// pieces between the stars are found from left to right.
    func matches(_ bytes: RawSpan, at offset: Int, count: Int) -> Bool {
        if pieces.count == 1 {
            return count == pieces[0].count && Self.stands(pieces[0], in: bytes, at: offset)
        }
        let last = pieces.count - 1
        var position = offset + pieces[0].count
        let end = offset + count - pieces[last].count
        guard position <= end, Self.stands(pieces[0], in: bytes, at: offset),
            Self.stands(pieces[last], in: bytes, at: end)
        else { return false }
        for number in 1..<max(1, last) {
            let length = pieces[number].count
            while position + length <= end, !Self.stands(pieces[number], in: bytes, at: position) {
                position += 1
            }
            guard position + length <= end else { return false }
            position += length
        }
        return true
    }

    func matches(_ text: [UInt8]) -> Bool { matches(text.span.bytes, at: 0, count: text.count) }

    private static func stands(_ piece: [UInt8], in bytes: RawSpan, at offset: Int) -> Bool {
        bytes.isEqual(at: offset, to: piece.span.bytes, at: 0, count: piece.count)
    }
}

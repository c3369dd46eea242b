import OTLP
import Packs

// Forms that take texts apart and put them together.
extension Deriver {
    /// The texts of `count` operands from `start` that are there, one after another.
    mutating func concatenated(_ start: Int32, _ count: Int32, _ body: RawSpan) -> TextReference {
        // All first: operands write into the scratch themselves.
        var parts: [TextReference] = []
        for index in start..<start + count {
            let part = text(program.operands[Int(index)], body)
            if !part.isMissing { parts.append(part) }
        }
        guard !parts.isEmpty else { return .missing }
        let offset = scratch.count
        for part in parts {
            for index in 0..<part.count { scratch.append(byte(part, index, body)) }
        }
        return TextReference(space: .scratch, offset: offset, count: scratch.count - offset)
    }

    /// What the first star of a pattern stands for in `text`.
    mutating func star(_ text: TextReference, _ pattern: Int32, _ body: RawSpan) -> TextReference {
        guard !text.isMissing else { return .missing }
        let bytes = bytes(text, body)
        guard let range = program.patterns[Int(pattern)].starRange(in: bytes) else { return .missing }
        return TextReference(space: text.space, offset: text.offset + range.lowerBound, count: range.count)
    }

    /// Whether the text of `node` names a commit.
    mutating func isCommit(_ node: Int32, _ body: RawSpan) -> Truth {
        let text = text(node, body)
        if text.isMissing { return .missing }
        guard text.count <= 64 else { return .no }
        return Expression.isCommit(bytes(text, body)) ? .yes : .no
    }

    /// The bytes of a text.
    mutating func bytes(_ text: TextReference, _ body: RawSpan) -> [UInt8] {
        switch text.space {
        case .body:
            return body.extracting(text.offset..<text.offset + text.count).withUnsafeBytes { [UInt8]($0) }
        case .constant: return Array(program.constantBytes[text.offset..<text.offset + text.count])
        case .scratch: return Array(scratch[text.offset..<text.offset + text.count])
        }
    }

    private mutating func byte(_ text: TextReference, _ index: Int, _ body: RawSpan) -> UInt8 {
        switch text.space {
        case .body: body.unsafeLoad(fromByteOffset: text.offset + index, as: UInt8.self)
        case .constant: program.constantBytes[text.offset + index]
        case .scratch: scratch[text.offset + index]
        }
    }
}

import Bytes
import MetricModel

/// Remembers the patterns of messages that came lately: a failure mostly comes again, and in the same words.
///
/// At most 64 messages of at most 512 bytes; what has the same place takes the other's. Messages are compared in full.
struct PatternMemo: Sendable {
    private struct Entry {
        let message: [UInt8]
        /// Nil where nothing is left of the message.
        let pattern: [UInt8]?
    }

    private static let placeCount = 64
    private static let byteCountMax = 512

    private var entries = [Entry?](repeating: nil, count: placeCount)
    private let hash: ByteHash

    /// - Parameter hash: tells places apart.
    init(hash: ByteHash) { self.hash = hash }

    /// The pattern of `count` bytes of `source` from `offset`; see `FailurePattern`.
    mutating func pattern(of source: RawSpan, at offset: Int, count: Int) -> [UInt8]? {
        let place = Int(truncatingIfNeeded: hash(source, at: offset, count: count)) & (Self.placeCount - 1)
        if let entry = entries[place], entry.message.count == count,
            entry.message.span.bytes.isEqual(at: 0, to: source, at: offset, count: count)
        {
            return entry.pattern
        }
        let message = source.extracting(offset..<offset + count).withUnsafeBytes { [UInt8]($0) }
        let pattern = FailurePattern.text(message: message).map { Array($0.utf8) }
        if count <= Self.byteCountMax { entries[place] = Entry(message: message, pattern: pattern) }
        return pattern
    }
}

/// Reads what `git log --raw -z` and `git diff-tree --raw -z` write.
///
/// ```
/// log    = (0x01 commit ' ' seconds NUL entry*)*
/// entry  = LF? ':' mode ' ' mode ' ' blob ' ' blob ' ' status NUL path NUL (path NUL)?
/// ```
/// The second path is there for what was moved. Paths are whatever bytes they are.
struct GitLog {
    struct Commit: Equatable {
        let hash: String
        /// Seconds since 1970.
        let time: Int64
        var entries: [Entry] = []
    }

    struct Entry: Equatable {
        let isFile: Bool
        let wasFile: Bool
        let blobBefore: String
        let blob: String
        let status: UInt8
        let path: String
        /// Where it was, of one that was moved.
        let pathBefore: String?
    }

    private let bytes: [UInt8]
    private var place = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The commits in the order they are written; nil where that is something else.
    static func commits(_ bytes: [UInt8]) -> [Commit]? {
        var log = GitLog(bytes)
        var commits: [Commit] = []
        while log.place < bytes.count {
            if bytes[log.place] == 1 {
                guard let field = log.field() else { return nil }
                let words = String(decoding: field.dropFirst(), as: UTF8.self).split(separator: " ")
                guard words.count == 2, let time = Int64(words[1]) else { return nil }
                commits.append(Commit(hash: String(words[0]), time: time))
            } else if let entry = log.entry(), !commits.isEmpty {
                commits[commits.count - 1].entries.append(entry)
            } else {
                return nil
            }
        }
        return commits
    }

    /// The entries of a difference of trees.
    static func entries(_ bytes: [UInt8]) -> [Entry]? {
        var log = GitLog(bytes)
        var entries: [Entry] = []
        while log.place < bytes.count {
            guard let entry = log.entry() else { return nil }
            entries.append(entry)
        }
        return entries
    }

    private mutating func entry() -> Entry? {
        guard var head = field() else { return nil }
        if head.first == UInt8(ascii: "\n") { head.removeFirst() }
        guard head.first == UInt8(ascii: ":") else { return nil }
        let words = String(decoding: head.dropFirst(), as: UTF8.self).split(separator: " ")
        guard words.count == 5, let status = words[4].utf8.first, let path = field() else { return nil }
        var second: ArraySlice<UInt8>?
        if status == UInt8(ascii: "R") || status == UInt8(ascii: "C") {
            guard let found = field() else { return nil }
            second = found
        }
        return Entry(
            isFile: words[1].hasPrefix("100"), wasFile: words[0].hasPrefix("100"),
            blobBefore: String(words[2]), blob: String(words[3]), status: status,
            path: String(decoding: second ?? path, as: UTF8.self),
            pathBefore: status == UInt8(ascii: "R") ? String(decoding: path, as: UTF8.self) : nil)
    }

    /// The bytes up to the next NUL, which is left behind.
    private mutating func field() -> ArraySlice<UInt8>? {
        guard let end = bytes[place...].firstIndex(of: 0) else { return nil }
        defer { place = end + 1 }
        return bytes[place..<end]
    }
}

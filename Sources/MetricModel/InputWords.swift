/// Words of failed inputs by their tags, for as long as the process lives: a word reaches a file only once several
/// inputs have it.
///
/// Bounded: the words that came last stay, at least `countMax`, at most twice as many.
package struct InputWords: Sendable {
    static let countMax = 2_048
    /// Of a word with its tag, about.
    private static let wordByteCount = 80

    /// Nil for a tag that two words have: neither is told.
    private var newer: [UInt32: String?] = [:]
    private var older: [UInt32: String?] = [:]

    package init() {}

    /// What it takes in memory, about: 330 KB at most.
    package var byteCount: Int { (newer.count + older.count) * Self.wordByteCount }

    package mutating func add(_ words: [UInt32: String]) {
        for (tag, word) in words { add(tag, word) }
    }

    package mutating func add(_ words: Self) {
        for (tag, word) in words.older { add(tag, word) }
        for (tag, word) in words.newer { add(tag, word) }
    }

    private mutating func add(_ tag: UInt32, _ word: String?) {
        if let known = newer[tag] ?? older[tag] {
            newer[tag] = .some(known == word ? word : nil)
        } else {
            newer[tag] = .some(word)
        }
        guard newer.count >= Self.countMax else { return }
        older = newer
        newer = [:]
    }

    /// The word of a tag; nil where it is not known, or might be another.
    package subscript(tag: UInt32) -> String? { newer[tag] ?? older[tag] ?? nil }
}

import Bytes
import Packs

/// What a relation's spans have in common, as 128 bits of a keyed hash.
struct RelationKey: BitwiseCopyable, Hashable, Sendable {
    var low: UInt64
    var high: UInt64

    mutating func mix(_ word: UInt64) { mix(word, word) }

    /// Mixes two hashes of one text in.
    mutating func mix(_ first: UInt64, _ second: UInt64) {
        low = ByteHash.fold(low ^ first, 0x9E37_79B9_7F4A_7C15)
        high = ByteHash.fold(high ^ second, 0xE703_7ED1_A0B4_28DB)
    }
}

/// What a span said to a relation.
struct RelationEntry: BitwiseCopyable, Sendable {
    let key: RelationKey
    let verb: RelationDescription.Verb
    /// Who said it.
    let span: UInt64
    let start: UInt64
    let end: UInt64
    /// Of one call several times traced: whose span it is.
    var scope: UInt64 = 0
    /// What a sibling said, in the program's constants; a negative offset for nothing.
    var textOffset: Int32 = -1
    var textCount: Int32 = 0
    /// The text that its previous sibling said to it, by its offset.
    var heard: Int32 = -1
    /// What a descendant said.
    var amount = 0.0
    /// Of one call several times traced: the span by which it is counted; 0 while that is open.
    var owner: UInt64 = 0
    /// Whether another request brought it.
    var isForeign = false
    /// Whether it counts no longer.
    var isForgotten = false
    /// The entry before it in its bucket, counted from 1; 0 for none.
    var previous: UInt64 = 0
}

/// A question whose answer may change behind it.
struct RelationQuestion: BitwiseCopyable, Sendable {
    let key: RelationKey
    let verb: RelationDescription.Verb
    let span: UInt64
    let start: UInt64
    let end: UInt64
    /// How many spans said yes, or the sum of what they said.
    var answer = 0.0
}

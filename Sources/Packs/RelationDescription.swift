/// How a span concerns others: which spans say something, and what is asked of it.
///
/// A relation is seen among the spans of one request, and those that came not long before; `Derivation` keeps
/// a bounded number of what spans said. A span never hears of one that comes in a later request.
package struct RelationDescription: Sendable, Equatable {
    /// What is asked; the raw value is its key in packs.
    package enum Verb: String, BitwiseCopyable, CaseIterable, Sendable {
        /// Whether such a span of the same trace contains this one in time.
        case ancestor
        /// The sum of what such spans of the same trace say that this one contains in time.
        case descendant
        /// Whether such a span is a child of this one; as a number, how many are.
        case child
        /// What the last such span of the same parent said that had ended before this one began.
        case previousSibling = "previous_sibling"
        /// Whether such a span was seen before that tells of the same call: another scope's, one within the
        /// other in time, or the same scope's from and to the same nanosecond.
        case sameCall = "same_call"
    }

    /// All packs together have no more: a span's shape keeps a bit of each.
    package static let countMax = 32

    /// `pack/relation`.
    package let name: String
    package let verb: Verb
    /// The spans that others are asked about.
    package let selector: Expression
    /// Texts that must be there and equal, beside what the verb says.
    package let by: [Expression]
    /// What a previous sibling says: one of several constant texts, or nothing. Of a descendant it is a number.
    package let says: Expression?
}

import Synchronization

/// What spans of earlier requests said to relations; one for all requests of a process.
///
/// In memory only: behind a restart it begins anew. It is asked once a request, and holds facts about spans,
/// not about what was counted, so that a request that comes again hears the same.
package final class RelationMemory: Sendable {
    /// Those that contain others are kept apart: they may be so many that nothing else would be remembered.
    private struct Tables: ~Copyable, Sendable {
        var spans = RelationTable(capacity: RelationTable.memoryCapacity)
        var ancestors = RelationTable(capacity: RelationTable.memoryCapacity)
    }

    private let tables = Mutex(Tables())

    package init() {}

    /// Tells a request what others said; if that changes nothing, adds what it says itself.
    ///
    /// - Returns: whether the request must be gone over again, with what it knows now.
    func exchange(_ request: inout RelationTable) -> Bool {
        tables.withLock { tables in
            let hasNews = request.hear(&tables.spans, ancestors: &tables.ancestors)
            if hasNews || request.hasOtherAnswers() { return true }
            tables.spans.take(&request, ancestors: &tables.ancestors)
            return false
        }
    }

    /// Adds what a request says.
    func take(_ request: inout RelationTable) {
        tables.withLock { $0.spans.take(&request, ancestors: &$0.ancestors) }
    }
}

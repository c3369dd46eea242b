import Synchronization

/// What spans of earlier requests said to relations; one for all requests of a process.
///
/// In memory only: behind a restart it begins anew. It is asked once a request, and holds facts about spans,
/// not about what was counted, so that a request that comes again hears the same.
package final class RelationMemory: Sendable {
    private let table = Mutex(RelationTable(capacity: RelationTable.memoryCapacity))

    package init() {}

    /// Tells a request what others said; if that changes nothing, adds what it says itself.
    ///
    /// - Parameter goesOver: whether the request is gone over again anyway.
    /// - Returns: whether the request must be gone over again, with what it knows now.
    func exchange(_ request: inout RelationTable, goesOver: Bool) -> Bool {
        table.withLock { table in
            if request.hear(&table) || request.hasOtherAnswers() || goesOver { return true }
            table.take(&request)
            return false
        }
    }

    /// Adds what a request says.
    func take(_ request: inout RelationTable) {
        table.withLock { $0.take(&request) }
    }
}

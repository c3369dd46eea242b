package import GRDB
private import Synchronization

/// What a request adds: kept until the checkpoint has it, its keys until their window is over.
package struct JournalEntry: Sendable {
    /// What it adds to series; may be empty.
    package var record: [UInt8]

    /// The keys of its spans, 16 bytes each; may be empty.
    package var keys: [UInt8]

    /// When it arrived, in nanoseconds since 1970.
    package var arrival: Int64

    /// An entry of these parts.
    package init(record: [UInt8], keys: [UInt8], arrival: Int64) {
        self.record = record
        self.keys = keys
        self.arrival = arrival
    }
}

/// The end of a range that is deleted in slices.
package enum SliceEnd: Sendable {
    /// Everything that was asked for is deleted.
    case reached

    /// As many rows as were allowed are deleted, and there are more.
    case more
}

extension Store {
    /// Commits all `entries`, or none of them, and gives them consecutive numbers.
    ///
    /// - Parameter rows: writes rows of the ledger in the same transaction.
    /// - Returns: the numbers, in the order of `entries`.
    package func append(
        _ entries: [JournalEntry], rows: (Database) throws -> Void = { _ in }
    ) throws(StoreError) -> Range<Int64> {
        try write("append to the journal of") { db in
            let first = nextSequence.load(ordering: .relaxed)
            let journal = try BlobStatement(
                db, "INSERT INTO journal (sequence, checksum, record) VALUES (?, ?, ?)")
            let keys = try BlobStatement(
                db, "INSERT INTO keys (sequence, arrival, checksum, keys) VALUES (?, ?, ?, ?)")
            var sequence = first
            for entry in entries {
                // An entry without a row would have a number that a restart gives out again.
                if !entry.record.isEmpty || entry.keys.isEmpty {
                    let bytes = entry.record.span.bytes
                    try journal.run([sequence, RowChecksum.of(bytes, key: sequence)], bytes: bytes)
                }
                if !entry.keys.isEmpty {
                    let bytes = entry.keys.span.bytes
                    let checksum = RowChecksum.of(bytes, key: sequence)
                    try keys.run([sequence, entry.arrival, checksum], bytes: bytes)
                }
                sequence += 1
            }
            try rows(db)
            return first..<sequence
        } committed: { numbers in
            nextSequence.store(numbers.upperBound, ordering: .relaxed)
        }
    }

    /// Deletes journal records up to and with `sequence`, at most `rowCountMax` of the oldest.
    ///
    /// Numbers are not given out again, even when no row is left.
    package func truncateJournal(through sequence: Int64, rowCountMax: Int = 256) throws(StoreError)
        -> SliceEnd
    {
        try write("truncate the journal of") { db in
            try Self.truncate(db, through: min(sequence, lastSequence), rowCountMax: rowCountMax)
        }
    }

    /// Deletes keys whose window is over, the oldest entries first, at most `rowCountMax` of them.
    ///
    /// It stops at the first entry that is still wanted: a clock that was set back keeps keys for longer, never
    /// for less.
    ///
    /// - Parameters:
    ///   - arrival: what arrived before is over.
    ///   - sequence: entries up to this number are over, whenever they arrived.
    package func dropKeys(
        arrivedBefore arrival: Int64, orThrough sequence: Int64 = 0, rowCountMax: Int = 256
    ) throws(StoreError) -> SliceEnd {
        try write("drop keys of") { db in
            var last: Int64?
            var count = 0
            let oldest = try BlobStatement(db, "SELECT sequence, arrival FROM keys ORDER BY sequence")
            try oldest.forEach { row in
                guard count < rowCountMax, row.integer(0) <= sequence || row.integer(1) < arrival else {
                    return .stop
                }
                last = row.integer(0)
                count += 1
                return .next
            }
            guard let last else { return .reached }
            try BlobStatement(db, "DELETE FROM keys WHERE sequence <= ?").run([last])
            try Self.remember(db, sequence: last)
            return count < rowCountMax ? .reached : .more
        }
    }

    static func truncate(_ db: Database, through sequence: Int64, rowCountMax: Int) throws -> SliceEnd {
        let delete = try BlobStatement(
            db,
            """
            DELETE FROM journal WHERE sequence IN
                (SELECT sequence FROM journal WHERE sequence <= ? ORDER BY sequence LIMIT ?)
            """)
        try delete.run([sequence, Int64(rowCountMax)])
        let count = db.changesCount
        guard count > 0 else { return .reached }
        try remember(db, sequence: sequence)
        return count < rowCountMax ? .reached : .more
    }

    /// Numbers up to `sequence` may have lost their rows.
    private static func remember(_ db: Database, sequence: Int64) throws {
        // An upsert: a salvage can lose the row.
        try BlobStatement(
            db,
            """
            INSERT INTO truncation (id, through) VALUES (1, ?)
            ON CONFLICT (id) DO UPDATE SET through = max(through, excluded.through)
            """
        ).run([sequence])
    }
}

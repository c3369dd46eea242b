internal import GRDB

/// Reads the tables for a visitor, checking each row's checksum.
enum Loading {
    /// - Throws: a `DatabaseError` of damage where a row is not what was written.
    static func run(_ db: Database, into visitor: inout some StoreVisitor & ~Copyable) throws {
        visitor.begin()
        try forEach(db, "SELECT key, checksum, value FROM meta ORDER BY key", "meta") { row, bytes in
            visitor.value(row.text(0), bytes)
        }
        try forEach(db, "SELECT id, checksum, description FROM layouts ORDER BY id", "layouts") {
            row, bytes in
            visitor.layout(row.integer(0), bytes)
        }
        try forEach(db, "SELECT id, checksum, image, sequence FROM series ORDER BY id", "series") {
            row, bytes in
            visitor.series(SeriesPlace(id: row.integer(0)), through: row.integer(3), bytes)
        }
        try forEach(db, "SELECT id, checksum, image, sequence FROM folds ORDER BY id", "folds") {
            row, bytes in
            visitor.fold(row.integer(0), through: row.integer(3), bytes)
        }
        try ledger(db, into: &visitor)
        try forEach(
            db, "SELECT sequence, checksum, record FROM journal ORDER BY sequence", "journal"
        ) { row, bytes in
            visitor.record(row.integer(0), bytes)
        }
        try forEach(
            db, "SELECT sequence, checksum, keys, arrival FROM keys ORDER BY sequence", "keys"
        ) { row, bytes in
            visitor.keys(row.integer(0), arrival: row.integer(3), bytes)
        }
    }

    /// Reads the tables of the test ledger only.
    static func ledger(_ db: Database, into visitor: inout some StoreVisitor & ~Copyable) throws {
        try names(db, into: &visitor)
        try forEach(db, "SELECT run, checksum, chunk FROM results ORDER BY id", "results") { row, bytes in
            visitor.ledger(LedgerRow(.results(run: row.integer(0), chunk: Array(bytes))))
        }
    }

    /// Reads the test ledger without the results.
    static func names(_ db: Database, into visitor: inout some StoreVisitor & ~Copyable) throws {
        try BlobStatement(db, LedgerRow.Selection.patterns).forEach { row in
            visitor.ledger(LedgerRow(patternIn: row))
            return .next
        }
        try forEach(db, "SELECT id, checksum, description FROM tests ORDER BY id", "tests") { row, bytes in
            visitor.ledger(LedgerRow(.test(row.integer(0), description: Array(bytes))))
        }
        try BlobStatement(db, LedgerRow.Selection.runs).forEach { row in
            visitor.ledger(LedgerRow(runIn: row))
            return .next
        }
        try forEach(db, "SELECT id, checksum, image FROM trials ORDER BY id", "trials") { row, bytes in
            visitor.ledger(LedgerRow(.trial(row.integer(0), image: Array(bytes))))
        }
        try forEach(db, "SELECT id, checksum, image FROM trial_cases ORDER BY id", "trial_cases") {
            row, bytes in
            visitor.ledger(LedgerRow(.trialCase(row.integer(0), image: Array(bytes))))
        }
        try forEach(db, "SELECT id, checksum, image FROM skill_edits ORDER BY id", "skill_edits") {
            row, bytes in
            visitor.ledger(LedgerRow(.skillEdit(row.integer(0), image: Array(bytes))))
        }
        try forEach(db, "SELECT id, checksum, image FROM input_patterns ORDER BY id", "input_patterns") {
            row, bytes in
            visitor.ledger(LedgerRow(.inputPattern(row.integer(0), image: Array(bytes))))
        }
    }

    /// Gives every row of a query for key, checksum and bytes to `body`, once it is known to be right.
    static func forEach(
        _ db: Database, _ sql: String, _ table: String, _ body: (borrowing BlobStatement.Row, RawSpan) -> Void
    ) throws {
        try BlobStatement(db, sql).forEach { row in
            try row.withBytes(2) { bytes in
                // SQLite reads a text as 0; `meta` has no number.
                guard RowChecksum.of(bytes, key: row.integer(0)) == row.integer(1) else {
                    throw DatabaseError(
                        resultCode: .SQLITE_CORRUPT, message: "a row of \(table) does not match its checksum")
                }
                body(row, bytes)
            }
            return .next
        }
    }
}

extension Array<UInt8> {
    /// A copy of `bytes`.
    init(_ bytes: RawSpan) {
        self = bytes.withUnsafeBytes { Array($0) }
    }
}

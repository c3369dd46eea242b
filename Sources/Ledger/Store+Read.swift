internal import GRDB

extension Store {
    /// Gives `visitor` the test ledger of `directory` as it is at one moment; nothing is changed.
    ///
    /// Needs no lock: beside a process that has the directory it reads what that has committed.
    ///
    /// - Throws: `StoreError.noLedger` where there is none yet, `.newerSchema` where another version wrote it.
    package static func read(
        directory: String, loading visitor: inout some StoreVisitor & ~Copyable
    ) throws(StoreError) {
        let path = StorePaths(directory: directory).database
        guard FileSystem.byteCount(path) != nil else {
            throw .noLedger(path: path, reason: "there is no such file")
        }
        let connection = try Connection.reader(path)
        defer { try? connection.close() }
        do {
            // Not `read`: its closure may not change the visitor.
            try connection.inDatabase { db in
                try db.inTransaction(.deferred) {
                    try Opened.refuseNewer(db, path: path)
                    guard try Schema.migrator.appliedIdentifiers(db).contains(Schema.ledgerMigration) else {
                        throw StoreError.noLedger(
                            path: path, reason: "an older version of spanmeter wrote it")
                    }
                    visitor.begin()
                    try Loading.ledger(db, into: &visitor)
                    return .commit
                }
            }
        } catch {
            throw StoreError(error, action: "read", path: path)
        }
    }
}

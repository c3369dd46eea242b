internal import GRDB

/// A store's file, checked, brought to the current schema and read.
struct Opened {
    let writer: DatabaseQueue
    let log: WriteAheadLog
    let lastSequence: Int64

    /// Larger files are checked by maintenance only, so that a start stays short; what is loaded is checked by
    /// loading it. Measured: 16 ms for 130 MB in memory.
    private static let checkByteCountMax = 256 << 20

    /// - Throws: `StoreError.damaged` where the file has to be salvaged.
    init(_ paths: StorePaths, loading visitor: inout some StoreVisitor & ~Copyable) throws(StoreError) {
        let path = paths.database
        if FileSystem.byteCount(paths.suspect) != nil {
            throw .damaged(
                .init(action: "trust", path: path, code: 11, reason: "damage was found while it was in use"))
        }
        let log = WriteAheadLog()
        let writer = try Connection.writer(path, log: log)
        self.log = log
        self.writer = writer
        try FileSystem.sync(paths.directory)
        do {
            try writer.writeWithoutTransaction { db in
                try Self.refuseNewer(db, path: path)
                if FileSystem.byteCount(path) ?? 0 <= Self.checkByteCountMax { try FileCheck.run(db) }
            }
            try Schema.migrator.migrate(writer)
            lastSequence = try writer.writeWithoutTransaction { db in
                try Loading.run(db, into: &visitor)
                return try Self.lastSequence(db)
            }
        } catch {
            // The counter of the log must not go before its connection.
            try? writer.close()
            throw StoreError(error, action: "read", path: path)
        }
    }

    /// - Throws: `StoreError.newerSchema` where a migration was applied that is not known here.
    static func refuseNewer(_ db: Database, path: String) throws {
        guard try Schema.migrator.hasBeenSuperseded(db) else { return }
        let known = Schema.migrator.migrations
        let unknown = try Schema.migrator.appliedIdentifiers(db).subtracting(known).sorted()
        throw StoreError.newerSchema(path: path, unknown: unknown.last ?? "", known: known.last ?? "")
    }

    /// Numbers stay above all that was ever given out: the truncation remembers those without rows.
    private static func lastSequence(_ db: Database) throws -> Int64 {
        let last = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(
                    ifnull((SELECT max(through) FROM truncation), 0),
                    ifnull((SELECT max(sequence) FROM journal), 0),
                    ifnull((SELECT max(sequence) FROM keys), 0),
                    ifnull((SELECT max(sequence) FROM series), 0),
                    ifnull((SELECT max(sequence) FROM folds), 0))
                """)
        return last ?? 0
    }
}

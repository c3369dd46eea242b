internal import GRDB

/// Takes over from a damaged database what can be read of it, table by table.
///
/// Everything is read into a new file first, under another name; then the files are renamed. A crash in between
/// is finished by the next start, and until everything is read the damaged file stays where it is.
enum Salvage {
    /// Salvages, moves the damaged files aside, and puts the new one in their place.
    ///
    /// - Parameter time: names the damaged files.
    /// - Throws: where the new file cannot be written; the old one is then still there.
    static func run(_ paths: StorePaths, reason: StoreError, time: String) throws(StoreError) -> StoreNotice {
        for companion in StorePaths.companions { try FileSystem.remove(paths.unfinished + companion) }
        let tables: [StoreNotice.SalvagedTable]
        do {
            tables = try fill(paths.unfinished, from: paths.database)
        } catch {
            throw StoreError(error, action: "salvage into", path: paths.unfinished)
        }
        try FileSystem.sync(paths.unfinished)
        try FileSystem.move(paths.unfinished, to: paths.salvaged(time))
        try FileSystem.sync(paths.directory)
        try finish(paths, time: time)
        return .salvaged(
            path: paths.database, reason: reason.salvageReason, movedTo: paths.damaged(time), tables: tables,
            copies: paths.copies())
    }

    /// Finishes a salvage that had read everything when the process ended.
    static func finishInterrupted(_ paths: StorePaths) throws(StoreError) -> StoreNotice? {
        guard let time = paths.interruptedSalvage() else { return nil }
        try finish(paths, time: time)
        return .salvageFinished(path: paths.database, movedTo: paths.damaged(time))
    }

    private static func finish(_ paths: StorePaths, time: String) throws(StoreError) {
        // Log before database: a new database must never find the old one's log.
        for companion in StorePaths.companions.reversed() {
            try FileSystem.move(paths.database + companion, to: paths.damaged(time) + companion)
        }
        try FileSystem.sync(paths.directory)
        try FileSystem.move(paths.salvaged(time), to: paths.database)
        try FileSystem.remove(paths.suspect)
        try FileSystem.sync(paths.directory)
    }

    /// Fills a new file of the damaged one's schema version; the usual migrations follow when it is opened.
    private static func fill(_ path: String, from damagedPath: String) throws -> [StoreNotice.SalvagedTable] {
        let target = try Connection.filling(path)
        defer { try? target.close() }
        let source: DatabaseQueue?
        let reason: String
        do {
            source = try Connection.damaged(damagedPath)
            reason = ""
        } catch {
            // Nothing of a file can be read whose head is gone.
            guard error.isDamage else { throw error }
            source = nil
            reason = error.salvageReason
        }
        defer { try? source?.close() }
        var found: String?
        if let source {
            found = try source.writeWithoutTransaction { db in try version(of: db, path: damagedPath) }
        }
        if let version = found {
            try Schema.migrator.migrate(target, upTo: version)
        } else {
            try Schema.migrator.migrate(target)
        }
        // One transaction a table: a file of a few hundred MB is written in seconds.
        return try target.writeWithoutTransaction { target in
            var results: [StoreNotice.SalvagedTable] = []
            for table in try tables(of: target) {
                guard let source else {
                    results.append(.init(name: table, rowCount: 0, loss: reason))
                    continue
                }
                try target.inTransaction {
                    try results.append(
                        source.writeWithoutTransaction { source in
                            try TableSalvage(table, from: source, to: target).run()
                        })
                    return .commit
                }
            }
            return results
        }
    }

    /// The last migration that the damaged file had; nil where that cannot be read.
    private static func version(of db: Database, path: String) throws -> String? {
        do {
            try Opened.refuseNewer(db, path: path)
            return try Schema.migrator.appliedMigrations(db).last
        } catch let error as DatabaseError {
            guard StoreError(error, action: "", path: "").isDamage else { throw error }
            return nil
        }
    }

    private static func tables(of db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_master
                WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'grdb_migrations' ORDER BY name
                """)
    }
}

extension StoreError {
    /// What was found, without the words around it.
    fileprivate var salvageReason: String {
        if case .damaged(let cause) = self { return cause.reason }
        return description
    }
}

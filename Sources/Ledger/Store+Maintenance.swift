internal import GRDB

extension Store {
    /// Moves SQLite's log into the database, beside the writer.
    ///
    /// For a thread of its own, about once a second under load, so that a commit never has to move much: it does
    /// the rest itself, at 16 MiB at the latest. Nothing is lost where this fails.
    package func moveLog() throws(StoreError) {
        try maintain("move the log into") { db in try log.moveBesideWriter(db) }
    }

    /// Checks the file and writes a copy of it, once a day (UTC); the copies of earlier days are removed.
    ///
    /// For a thread of its own: it reads the whole file, during which the log only grows.
    ///
    /// - Returns: the copy's path, nil where the day's copy is there already.
    /// - Throws: `StoreError.damaged` where the check fails: the next start then salvages, and the last copy stays.
    package func keepDailyCopy() throws(StoreError) -> String? {
        let target = paths.copy(UTCTime(seconds: now()).day)
        guard FileSystem.byteCount(target) == nil else { return nil }
        let temporary = paths.unfinishedCopy
        try FileSystem.remove(temporary)
        try FileSystem.create(temporary)
        do {
            try maintain("check and copy") { db in
                try FileCheck.run(db)
                try db.execute(sql: "VACUUM INTO ?", arguments: [temporary])
            }
            try FileSystem.sync(temporary)
            try FileSystem.move(temporary, to: target)
            try FileSystem.sync(paths.directory)
        } catch {
            try? FileSystem.remove(temporary)
            throw error
        }
        for copy in paths.copies() where copy != target { try FileSystem.remove(copy) }
        return target
    }

    /// On a connection of its own that is closed again: its memory is needed for a moment only.
    private func maintain(_ action: String, _ body: (Database) throws -> Void) throws(StoreError) {
        let connection = try Connection.maintenance(paths.database)
        do {
            defer { try? connection.close() }
            try connection.writeWithoutTransaction { db in try body(db) }
        } catch {
            let error = StoreError(error, action: action, path: paths.database)
            if error.isDamage { markSuspect() }
            throw error
        }
    }
}

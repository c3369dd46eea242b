internal import GRDB
internal import Synchronization

/// The one durable store: journal, checkpoint and ledger in one SQLite file, in a directory of its own.
///
/// One process has a directory at a time. Calls are safe from every thread and wait for each other; each is one
/// transaction, synced before it returns. What the bytes mean is the caller's affair.
///
/// - After a crash everything is there for which a call returned, and nothing of a call that threw (with the one
///   exception that `StoreError` names).
/// - After an error of the disk the next call works when the disk does; nothing has to be opened again.
/// - SQLite's memory is about 2 MiB.
package final class Store: Sendable {
    /// What happened when it was opened that somebody should read.
    package let notices: [StoreNotice]

    let paths: StorePaths
    let writer: DatabaseQueue
    let log: WriteAheadLog

    /// The clock, in seconds since 1970.
    let now: @Sendable () -> Int64

    /// The number that the next entry gets; only touched inside a transaction of the writer.
    let nextSequence: Atomic<Int64>

    private let lock: DirectoryLock

    /// Opens the store in `directory`, creating what is missing, and gives `visitor` everything in it.
    ///
    /// A damaged file is moved aside after everything that can be read was taken over from it, table by table;
    /// `notices` says what was kept and lost.
    ///
    /// - Parameter now: the clock, in seconds since 1970: it names files, nothing else.
    /// - Complexity: measured 50 ms for a million spans of journal.
    package init(
        directory: String, now: @escaping @Sendable () -> Int64,
        loading visitor: inout some StoreVisitor & ~Copyable
    ) throws(StoreError) {
        let paths = StorePaths(directory: directory)
        try FileSystem.createDirectory(paths.directory)
        let lock = try DirectoryLock(paths)
        var notices: [StoreNotice] = []
        var opened: Opened
        do {
            if let notice = try Salvage.finishInterrupted(paths) { notices.append(notice) }
            opened = try Opened(paths, loading: &visitor)
        } catch {
            guard error.isDamage else { throw error }
            notices.append(try Salvage.run(paths, reason: error, time: UTCTime(seconds: now()).second))
            opened = try Opened(paths, loading: &visitor)
        }
        self.lock = lock
        self.paths = paths
        self.now = now
        self.notices = notices
        writer = opened.writer
        log = opened.log
        nextSequence = Atomic(opened.lastSequence + 1)
    }

    deinit {
        // Before the log counter goes, which the connection calls. It fails only while a statement is in use,
        // and then the process ends anyway.
        try? writer.close()
    }

    /// Bytes of SQLite's log that are in use: what a start after a crash would read first.
    package var logByteCount: Int { log.byteCount }

    /// The last sequence number that was given out; 0 before the first.
    package var lastSequence: Int64 { nextSequence.load(ordering: .relaxed) - 1 }

    /// One transaction of the writer.
    ///
    /// - Parameter action: what it does, as the end of `cannot …`.
    /// - Parameter committed: called after the commit, before anybody else's transaction.
    func write<Result>(
        _ action: String, _ body: (Database) throws -> Result, committed: (Result) -> Void = { _ in }
    ) throws(StoreError) -> Result {
        do {
            return try writer.writeWithoutTransaction { db in
                let result = try Self.transact(db, body)
                committed(result)
                log.finishIfDue(db)
                return result
            }
        } catch {
            let error = StoreError(error, action: action, path: paths.database)
            if error.isDamage { markSuspect() }
            throw error
        }
    }

    /// All of `body` or nothing, by statements that are prepared once: GRDB's own way parses them anew each time.
    private static func transact<Result>(
        _ db: Database, _ body: (Database) throws -> Result
    ) throws -> Result {
        try db.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
        do {
            let result = try body(db)
            try db.cachedStatement(sql: "COMMIT").execute()
            return result
        } catch {
            // Some errors have rolled back already; what is said is the error that came first.
            if db.isInsideTransaction { try? db.cachedStatement(sql: "ROLLBACK").execute() }
            throw error
        }
    }

    /// Makes the next start salvage. Where even that cannot be written, the next start has its own checks.
    func markSuspect() {
        try? FileSystem.create(paths.suspect)
        try? FileSystem.sync(paths.directory)
    }
}

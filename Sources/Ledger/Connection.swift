internal import GRDB
internal import GRDBSQLite

/// How the store opens SQLite.
enum Connection {
    /// 4 KiB. Measured at 512 spans a commit (15 kB of record, 8 kB of keys; deletes included): pages of 2, 4 and
    /// 8 KiB take 64, 82 and 115 bytes of log a span, because each commit also writes four pages of trees and
    /// free list, and 127, 115 and 114 µs of CPU a commit; 80, 66 and 61 a request where four share one. A page
    /// smaller than the file system's has the kernel fill the rest of a block before it is written over.
    static let pageByteCount = 4_096

    /// The writer keeps inner pages of its trees and the rows of one group; what it reads, it reads once.
    private static let writerCacheKiB = 1_024

    /// Maintenance walks through the file and comes back to nothing.
    private static let maintenanceCacheKiB = 256

    /// The writer is alone; only somebody who looks into the file with other tools can make it wait.
    private static let busySeconds = 5.0

    /// The connection that writes; creates the file where there is none.
    static func writer(_ path: String, log: WriteAheadLog) throws(StoreError) -> DatabaseQueue {
        try FileSystem.create(path)
        return try open(path) { configuration in
            configuration.prepareDatabase { db in
                try prepare(db, cacheKiB: writerCacheKiB)
                log.attach(to: db)
            }
        }
    }

    /// A second connection for checkpoints, checks and copies beside the writer.
    static func maintenance(_ path: String) throws(StoreError) -> DatabaseQueue {
        try open(path) { configuration in
            configuration.prepareDatabase { db in try prepare(db, cacheKiB: maintenanceCacheKiB) }
        }
    }

    /// A connection that only reads, beside a writer of this or another process.
    static func reader(_ path: String) throws(StoreError) -> DatabaseQueue {
        try open(path) { configuration in configuration.readonly = true }
    }

    /// A connection for one use that fills a new file: not durable before it is synced.
    static func filling(_ path: String) throws(StoreError) -> DatabaseQueue {
        try FileSystem.create(path)
        return try open(path) { configuration in
            // Rows are taken over table by table, in whatever order.
            configuration.foreignKeysEnabled = false
            configuration.prepareDatabase { db in
                try db.execute(
                    sql: """
                        PRAGMA page_size = \(pageByteCount); PRAGMA auto_vacuum = NONE;
                        PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;
                        """)
            }
        }
    }

    /// A connection that reads what can be read of a damaged file.
    static func damaged(_ path: String) throws(StoreError) -> DatabaseQueue {
        try open(path) { _ in }
    }

    private static func open(
        _ path: String, _ configure: (inout Configuration) -> Void
    ) throws(StoreError) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busySeconds)
        configure(&configuration)
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw StoreError(error, action: "open", path: path)
        }
    }

    private static func prepare(_ db: Database, cacheKiB: Int) throws {
        // Debian's SQLite overwrites what is deleted unless told otherwise: every deleted record would go
        // through the log once more. Page size and vacuum mode count for a new file only. Without mmap: an
        // error of the disk is then an error code and not a signal that ends the process.
        try db.execute(
            sql: """
                PRAGMA page_size = \(pageByteCount); PRAGMA auto_vacuum = NONE;
                PRAGMA secure_delete = OFF; PRAGMA mmap_size = 0; PRAGMA cache_size = -\(cacheKiB);
                PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
                PRAGMA journal_size_limit = \(WriteAheadLog.byteCountMax);
                """)
        let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw DatabaseError(
                resultCode: .SQLITE_IOERR, message: "write-ahead log refused, mode is '\(mode ?? "")'")
        }
    }
}

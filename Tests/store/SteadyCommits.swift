import Foundation
import GRDBSQLite
import Ledger

/// Commits at a steady rate, one request of 512 spans each: what a commit costs when the processor has slept.
///
/// Beside it SQLite alone, with one row and prepared statements: most of that is the system's and the machine's, so
/// figures of two machines are compared by it.
struct SteadyCommits {
    let directory: String
    /// Spans a second.
    let rate: Double
    let seconds: Double

    private static let spanCount = 512
    private let record = [UInt8](repeating: 0xA7, count: 5_000)
    private let keys = [UInt8](repeating: 0x5C, count: spanCount * 16)

    func run() throws {
        let interval = Double(Self.spanCount) / rate
        let commitCount = max(1, Int(seconds / interval))
        print("\(commitCount) commits, one every \(interval * 1e3) ms, three times")
        for byteCount in [40_000, record.count + keys.count] {
            print("SQLite alone, \(byteCount) bytes: \(try alone(byteCount, commitCount, interval))")
        }
        var visitor = Counter()
        let store = try Store(directory: directory, now: { 0 }, loading: &visitor)
        let own = try commits(commitCount, interval) {
            _ = try store.append([JournalEntry(record: record, keys: keys, arrival: 0)])
        }
        print("the store, \(record.count) bytes of record and \(keys.count) of keys: \(own)")
    }

    private func alone(_ byteCount: Int, _ count: Int, _ interval: Double) throws -> String {
        let path = "\(directory)/alone.db"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
        var connection: OpaquePointer?
        try check(sqlite3_open(path, &connection), connection)
        defer { sqlite3_close(connection) }
        for sql in [
            "PRAGMA page_size = 4096", "PRAGMA secure_delete = OFF", "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL", "CREATE TABLE requests (id INTEGER PRIMARY KEY, bytes BLOB)",
        ] {
            try check(sqlite3_exec(connection, sql, nil, nil, nil), connection)
        }
        let statements = try ["BEGIN IMMEDIATE", "INSERT INTO requests (bytes) VALUES (?)", "COMMIT"].map {
            sql in
            var statement: OpaquePointer?
            try check(sqlite3_prepare_v2(connection, sql, -1, &statement, nil), connection)
            return statement
        }
        defer { for statement in statements { sqlite3_finalize(statement) } }
        let bytes = [UInt8](repeating: 0xA7, count: byteCount)
        return try bytes.withUnsafeBytes { buffer in
            // SAFETY: the buffer outlives the statements' last step.
            sqlite3_bind_blob64(statements[1], 1, buffer.baseAddress, UInt64(buffer.count), nil)
            return try commits(count, interval) {
                for statement in statements {
                    guard sqlite3_step(statement) == SQLITE_DONE else { throw failure(connection) }
                    sqlite3_reset(statement)
                }
            }
        }
    }

    /// Runs a commit at its times; the CPU time is this thread's, the waits included.
    private func commits(_ count: Int, _ interval: Double, _ commit: () throws -> Void) throws -> String {
        let watch = Watch()
        for number in 1...count {
            try commit()
            let left = Double(number) * interval - watch.read().wall
            if left > 0 { usleep(UInt32(left * 1e6)) }
        }
        let cpu = watch.read().cpu
        return "\(cpu / Double(count * Self.spanCount) * 1e6) CPU-s per million spans, "
            + "\(cpu / Double(count) * 1e6) µs of CPU a commit"
    }

    private func check(_ code: Int32, _ connection: OpaquePointer?) throws {
        guard code == SQLITE_OK else { throw failure(connection) }
    }

    private func failure(_ connection: OpaquePointer?) -> any Error {
        CocoaError(
            .fileWriteUnknown,
            userInfo: [NSLocalizedDescriptionKey: String(cString: sqlite3_errmsg(connection))])
    }
}

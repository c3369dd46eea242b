internal import GRDB
internal import GRDBSQLite

/// Tells damage of a file from a disk that cannot be read.
///
/// SQLite's check reports pages that it could not read as damage, too. A disk that fails for a moment must not
/// make the store move its file aside.
enum FileCheck {
    /// Reads the whole file and follows all its structures.
    ///
    /// - Throws: a `DatabaseError` of damage with what was found first, or of I/O.
    static func run(_ db: Database) throws {
        guard try finding(db) != nil else { return }
        for code in [SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER] { try read(code, of: db) }
        // What could not be read before can be read now.
        guard let finding = try finding(db) else { return }
        throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: finding)
    }

    private static func finding(_ db: Database) throws -> String? {
        let answer = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
        return answer == "ok" ? nil : answer ?? "check without an answer"
    }

    /// Reads the database or its log from end to end, past SQLite's structures but through its own handle: a
    /// second one of ours would drop SQLite's locks when it is closed.
    private static func read(_ code: Int32, of db: Database) throws {
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard sqlite3_file_control(db.sqliteConnection, "main", code, &file) == SQLITE_OK,
            let file, let methods = file.pointee.pMethods?.pointee, let readBytes = methods.xRead,
            let readSize = methods.xFileSize
        else { return }
        var size: Int64 = 0
        var result = readSize(file, &size)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var offset: Int64 = 0
        while result == SQLITE_OK, offset < size {
            result = readBytes(file, &chunk, Int32(min(Int64(chunk.count), size - offset)), offset)
            offset += Int64(chunk.count)
        }
        guard result == SQLITE_OK else {
            throw DatabaseError(resultCode: ResultCode(rawValue: result), message: "disk I/O error")
        }
    }
}

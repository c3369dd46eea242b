internal import GRDB
internal import GRDBSQLite

/// A statement whose numbers and bytes are bound and read in place.
///
/// GRDB's own way makes an object per value; the rows of journal and checkpoint are too many for that.
struct BlobStatement {
    private let statement: Statement
    private let db: Database

    /// Takes the statement from the connection's cache; to be used in the same access only.
    init(_ db: Database, _ sql: String) throws {
        statement = try db.cachedStatement(sql: sql)
        self.db = db
    }

    /// Runs a statement whose parameters are `integers` and then `bytes`.
    func run<let count: Int>(_ integers: [count of Int64], bytes: RawSpan) throws {
        try bytes.withUnsafeBytes { buffer in
            bind(integers)
            let index = Int32(count) + 1
            // SAFETY: SQLite reads the bytes in `finish`, and the binding is gone before this closure ends.
            if let base = buffer.baseAddress, buffer.count > 0 {
                sqlite3_bind_blob64(pointer, index, base, UInt64(buffer.count), nil)
            } else {
                sqlite3_bind_zeroblob(pointer, index, 0)
            }
            try finish()
        }
    }

    /// Runs a statement whose parameters are `integers`.
    func run<let count: Int>(_ integers: [count of Int64]) throws {
        bind(integers)
        try finish()
    }

    /// Whether a walk over rows goes on.
    enum Walk {
        case next, stop
    }

    /// Calls `body` for the rows of a query without parameters, in order.
    func forEach(_ body: (borrowing Row) throws -> Walk) throws {
        defer { sqlite3_reset(pointer) }
        while true {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: if try body(Row(pointer: pointer)) == .stop { return }
            case SQLITE_DONE: return
            default: throw failure()
            }
        }
    }

    /// The row that a query stands on.
    struct Row: ~Copyable {
        fileprivate let pointer: OpaquePointer

        /// The number in a column, counted from 0.
        borrowing func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }

        /// Whether a column has nothing.
        borrowing func isNull(_ column: Int32) -> Bool { sqlite3_column_type(pointer, column) == SQLITE_NULL }

        /// The text in a column.
        borrowing func text(_ column: Int32) -> String {
            guard let text = sqlite3_column_text(pointer, column) else { return "" }
            return String(cString: text)
        }

        /// The bytes in a column, without a copy; only during `body`.
        ///
        /// None where memory ran out: the row's checksum then does not match.
        borrowing func withBytes<Result>(_ column: Int32, _ body: (RawSpan) throws -> Result) rethrows
            -> Result
        {
            let base = sqlite3_column_blob(pointer, column)
            let count = base == nil ? 0 : Int(sqlite3_column_bytes(pointer, column))
            // SAFETY: SQLite keeps the bytes until the next step, which comes after `body`.
            return try body(UnsafeRawBufferPointer(start: base, count: count).bytes)
        }
    }

    private var pointer: OpaquePointer { statement.sqliteStatement }

    private func bind<let count: Int>(_ integers: [count of Int64]) {
        for index in 0..<count { sqlite3_bind_int64(pointer, Int32(index) + 1, integers[index]) }
    }

    private func finish() throws {
        let code = sqlite3_step(pointer)
        let error: DatabaseError? = code == SQLITE_DONE || code == SQLITE_ROW ? nil : failure()
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
        if let error { throw error }
    }

    private func failure() -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(db.sqliteConnection)),
            message: String(cString: sqlite3_errmsg(db.sqliteConnection)))
    }
}

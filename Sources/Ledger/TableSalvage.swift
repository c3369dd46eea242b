private import Foundation
internal import GRDB

/// Copies the readable rows of one table from a damaged database.
///
/// A damaged page ends a walk over a table, so there are two: from the first row up, and from the last row down
/// to where the first walk ended. Rows of ours that do not match their checksum are left behind.
struct TableSalvage {
    private let table: String
    private let source: Database
    private let target: Database
    private let columns: [String]
    private let guarded: (key: Int?, checksum: Int, bytes: Int)?

    private var rowCount = 0
    private var mismatchCount = 0
    private var lastRow: Int64?
    private var reason: String?

    /// For a table of `target`, with those columns that the source has, too.
    init(_ table: String, from source: Database, to target: Database) throws {
        self.table = table
        self.source = source
        self.target = target
        let present: [String]
        do {
            present = try Self.columns(of: table, in: source)
        } catch {
            present = []
            reason = Self.words(of: error)
        }
        let columns = try Self.columns(of: table, in: target).filter(present.contains)
        self.columns = columns
        guarded = Schema.guarded[table].flatMap { guarded in
            guard let checksum = columns.firstIndex(of: "checksum"),
                let bytes = columns.firstIndex(of: guarded.bytes)
            else { return nil }
            return (columns.firstIndex(of: guarded.key), checksum, bytes)
        }
    }

    /// Copies what can be read.
    ///
    /// - Throws: errors of the target only; what the source refuses is in the result.
    consuming func run() throws -> StoreNotice.SalvagedTable {
        guard !columns.isEmpty else {
            return .init(name: table, rowCount: 0, loss: reason ?? "the table cannot be found")
        }
        try target.execute(sql: "DELETE FROM \(table.quotedDatabaseIdentifier)")
        try walk(up: true)
        if reason != nil { try walk(up: false) }
        let mismatches = mismatchCount > 0 ? "\(mismatchCount) rows do not match their checksums" : nil
        let losses = [reason, mismatches].compactMap(\.self)
        return .init(
            name: table, rowCount: rowCount, loss: losses.isEmpty ? nil : losses.joined(separator: ", "))
    }

    private mutating func walk(up: Bool) throws {
        let names = columns.map(\.quotedDatabaseIdentifier).joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        // IGNORE: a row that breaks a constraint is damaged, too.
        let insert = try target.cachedStatement(
            sql: "INSERT OR IGNORE INTO \(table.quotedDatabaseIdentifier) (\(names)) VALUES (\(marks))")
        // The row's number goes beside its columns. A table without row numbers cannot be walked; we have none.
        let query = """
            SELECT rowid, \(names) FROM \(table.quotedDatabaseIdentifier) ORDER BY rowid \(up ? "ASC" : "DESC")
            """
        let source = source
        guard let rows = reading({ try Row.fetchCursor(source, sql: query) }) else { return }
        let end = up ? nil : lastRow
        while let row = reading({ try rows.next() }) ?? nil {
            let number: Int64 = row[0]
            if let end, number <= end { break }
            lastRow = number
            let values = (0..<columns.count).map { row[$0 + 1] as DatabaseValue }
            guard isRight(values) else {
                mismatchCount += 1
                continue
            }
            try insert.execute(arguments: StatementArguments(values))
            rowCount += target.changesCount
        }
    }

    /// What `body` reads from the source; nil where it cannot, with the reason kept.
    private mutating func reading<Result>(_ body: () throws -> Result) -> Result? {
        do {
            return try body()
        } catch {
            reason = Self.words(of: error)
            return nil
        }
    }

    private func isRight(_ values: [DatabaseValue]) -> Bool {
        guard let guarded else { return true }
        guard let bytes = Data.fromDatabaseValue(values[guarded.bytes]),
            let checksum = Int64.fromDatabaseValue(values[guarded.checksum])
        else { return false }
        let key = guarded.key.map { Int64.fromDatabaseValue(values[$0]) } ?? 0
        guard let key else { return false }
        return bytes.withUnsafeBytes { RowChecksum.of($0.bytes, key: key) } == checksum
    }

    private static func columns(of table: String, in db: Database) throws -> [String] {
        try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
    }

    private static func words(of error: any Error) -> String {
        (error as? DatabaseError)?.message ?? "\(error)"
    }
}

import Foundation
import GRDB
import Testing

@testable import Ledger

@Suite struct SalvageTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func `a file that is no database is moved aside, and the store begins anew`() throws {
        let text = Data("not a database, but more than a hundred bytes ".utf8)
        try (text + text + text).write(to: URL(filePath: "\(directory.path)/spanmeter.db"))
        let open = try OpenStore(directory)
        #expect(open.contents == Recorder())
        #expect(try open.store.append([.sample(1)]) == 1..<2)
        let damaged = "spanmeter.db.damaged-20261121T042118Z"
        #expect(directory.names.contains(damaged))
        #expect(try Data(contentsOf: URL(filePath: "\(directory.path)/\(damaged)")) == text + text + text)
        let notice = try #require(try open.store.notices.first)
        #expect(
            notice.description.hasPrefix(
                "\(directory.path)/spanmeter.db was damaged: file is not a database; it was moved to "
                    + "\(directory.path)/\(damaged) and replaced; rows kept: none; incomplete or lost: "))
        #expect(try open.reopen().records.count == 1)
        #expect(try open.store.notices == [])
    }

    @Test func `rows around a damaged page are kept`() throws {
        let before = try filled()
        // A page in the middle of the file, whatever it holds; the log is in the database by now.
        let size = try byteCount("spanmeter.db")
        try directory.damage("spanmeter.db", at: size / 2 / 4_096 * 4_096, count: 4_096)
        let open = try OpenStore(directory)
        let after = open.contents
        #expect(after != before)
        #expect(after.records.allSatisfy { before.records[$0.key] == $0.value })
        #expect(after.keys.allSatisfy { before.keys[$0.key] == $0.value })
        #expect(after.series.allSatisfy { before.series[$0.key] == $0.value })
        // One page is a row, or a leaf of rows, or an inner page; but not everything.
        #expect(after.records.count + after.keys.count + after.series.count > 1_000)
        #expect(try open.store.lastSequence == 400)
        guard case .salvaged(_, _, _, let tables, _) = try #require(try open.store.notices.first) else {
            return
        }
        #expect(
            tables.map(\.name) == [
                "days", "folds", "input_patterns", "journal", "keys", "layouts", "meta", "patterns",
                "results", "runs",
                "series", "skill_edits",
                "tests", "trial_cases", "trials", "truncation",
            ])
    }

    @Test(arguments: 0..<24)
    func `whatever page is damaged, nothing wrong is read and the store starts`(part: Int) throws {
        let before = try filled()
        let pageCount = try byteCount("spanmeter.db") / 4_096
        try directory.damage("spanmeter.db", at: pageCount * part / 24 * 4_096 + 100, count: 1_500)
        let open = try OpenStore(directory)
        let after = open.contents
        #expect(after.records.allSatisfy { before.records[$0.key] == $0.value })
        #expect(after.keys.allSatisfy { before.keys[$0.key] == $0.value })
        #expect(after.series.allSatisfy { before.series[$0.key] == $0.value })
        #expect(after.values.allSatisfy { before.values[$0.key] == $0.value })
        #expect(try open.store.append([.sample(1)]).lowerBound > 0)
        #expect(try open.reopen().records.count == after.records.count + 1)
        #expect(try open.store.notices == [])
    }

    @Test func `a changed byte that SQLite cannot see is found by the row's checksum`() throws {
        let record = [UInt8](repeating: 0x77, count: 1_000)
        let open = try OpenStore(directory)
        _ = try open.store.append([
            .sample(1), JournalEntry(record: record, keys: [1], arrival: 0), .sample(3),
        ])
        open.close()
        let file = try Data(contentsOf: URL(filePath: "\(directory.path)/spanmeter.db"))
        // Balancing may have left an older copy in unused space.
        let places = file.ranges(of: record)
        try #require(!places.isEmpty)
        for place in places { try directory.damage("spanmeter.db", at: place.lowerBound + 500, count: 1) }
        let found = try open.reopen()
        #expect(found.records.keys.sorted() == [1, 3])
        #expect(found.keys.keys.sorted() == [1, 2, 3])
        // Once for the first opening, then for what could not be trusted, then for what was salvaged.
        #expect(found.beginCount == 3)
        #expect(
            try open.store.notices.first?.description.contains("1 rows do not match their checksums") == true)
    }

    @Test func `after damage that was met in use, everything readable is taken over`() throws {
        let before = try filled()
        try Data().write(to: URL(filePath: "\(directory.path)/spanmeter.db.suspect"))
        let open = try OpenStore(directory)
        #expect(open.contents == before)
        #expect(!directory.names.contains("spanmeter.db.suspect"))
        let wanted =
            "rows kept: 400 of journal, 400 of keys, 1 of layouts, 1 of meta, 500 of series, 1 of truncation; "
            + "incomplete or lost: nothing"
        #expect(try open.store.notices.first?.description.contains(wanted) == true)
    }

    @Test func `damage that is met in use is found again by the next start`() throws {
        let before = try filled()
        let open = try OpenStore(directory)
        #expect(throws: StoreError.self) {
            try open.store.append([]) { _ in throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
        }
        #expect(try open.reopen() == before)
        #expect(try open.store.notices.count == 1)
        #expect(try open.reopen() == before)
        #expect(try open.store.notices == [])
    }

    @Test func `a table that salvage does not know is copied by its columns`() throws {
        let (source, target) = (try DatabaseQueue(), try DatabaseQueue())
        try source.write { db in
            try db.execute(sql: "CREATE TABLE result (test TEXT PRIMARY KEY, gone INT, outcome TEXT)")
            try db.execute(
                sql: "INSERT INTO result VALUES ('a', 1, 'passed'), ('b', 2, NULL), ('c', 3, 'failed')")
        }
        let salvaged = try target.write { target in
            try target.execute(
                sql: "CREATE TABLE result (test TEXT PRIMARY KEY, outcome TEXT NOT NULL, added INT DEFAULT 5)"
            )
            return try source.read { source in
                try TableSalvage("result", from: source, to: target).run()
            }
        }
        #expect(salvaged == .init(name: "result", rowCount: 2, loss: nil))
        let rows = try target.read {
            try String.fetchAll($0, sql: "SELECT test || outcome || added FROM result")
        }
        #expect(rows == ["apassed5", "cfailed5"])
    }

    @Test(arguments: [false, true])
    func `a salvage that was interrupted between its renames is finished`(isMoved: Bool) throws {
        let before = try filled()
        // As if everything had been read into a new file, and the old one was moved or not.
        let database = "\(directory.path)/spanmeter.db"
        try FileManager.default.copyItem(atPath: database, toPath: "\(database).salvaged-20260102T030405Z")
        if isMoved {
            try FileManager.default.moveItem(atPath: database, toPath: "\(database).damaged-20260102T030405Z")
        }
        let open = try OpenStore(directory)
        #expect(
            try open.store.notices == [
                .salvageFinished(path: database, movedTo: "\(database).damaged-20260102T030405Z")
            ])
        #expect(open.contents == before)
        #expect(directory.names.contains("spanmeter.db.damaged-20260102T030405Z"))
        #expect(!directory.names.contains { $0.contains("salvaged") })
    }

    /// A closed store with 400 entries, 500 series, a layout and a value.
    private func filled() throws -> Recorder {
        let open = try OpenStore(directory)
        _ = try open.store.append((1...400).map { .sample($0, spanCount: 40) })
        try open.store.replaceCheckpoint(layouts: [(1, [4, 5])], through: 0) { slice in
            for slot in 0..<500 {
                try slice.put(
                    SeriesPlace(table: 1, slot: UInt32(slot)), through: 1, .sample(slot, count: 300))
            }
            try slice.set("secret", .sample(7, count: 192))
        }
        defer { open.close() }
        return try open.reopen()
    }

    private func byteCount(_ name: String) throws -> Int {
        try Data(contentsOf: URL(filePath: "\(directory.path)/\(name)")).count
    }
}

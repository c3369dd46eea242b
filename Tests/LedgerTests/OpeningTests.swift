import Foundation
import GRDB
import Testing

@testable import Ledger

@Suite struct OpeningTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func `a directory in use is refused, with the process that has it`() throws {
        let open = try OpenStore(directory)
        let wanted = StoreError.inUse(
            directory: directory.path, pid: Int(ProcessInfo.processInfo.processIdentifier))
        #expect(throws: wanted) { try OpenStore(directory) }
        #expect(
            wanted.description
                == "data directory \(directory.path) is in use by process \(ProcessInfo.processInfo.processIdentifier); "
                + "one process has it at a time")
        open.close()
        #expect(throws: Never.self) { try OpenStore(directory) }
    }

    @Test func `a directory that cannot be made is an error that says why`() throws {
        try Data().write(to: URL(filePath: "\(directory.path)/file"))
        let path = "\(directory.path)/file/data"
        let wanted = StoreError.system(action: "create data directory", path: path, reason: "not a directory")
        #expect(throws: wanted) { try OpenStore(directory, below: "/file/data") }
        #expect(wanted.description == "cannot create data directory \(path): not a directory")
        #expect(throws: StoreError.self) { try OpenStore(directory, below: "/file") }
    }

    @Test func `a file of a newer version is refused and stays as it is`() throws {
        let open = try OpenStore(directory)
        _ = try open.store.append([.sample(1)]) { db in
            try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('9 future')")
        }
        open.close()
        let wanted = StoreError.newerSchema(
            path: "\(directory.path)/spanmeter.db", unknown: "9 future",
            known: "6 patterns of failed inputs")
        #expect(throws: wanted) { try OpenStore(directory) }
        #expect(directory.names == ["spanmeter.db", "spanmeter.lock"])
        #expect(wanted.description.contains("it has '9 future', this version knows up to '6 patterns of"))
        // Nor is it replaced when it is damaged as well.
        try Data().write(to: URL(filePath: "\(directory.path)/spanmeter.db.suspect"))
        #expect(throws: wanted) { try OpenStore(directory) }
        #expect(directory.names.contains { $0.contains("damaged") } == false)
    }

    @Test func `a store that was in use when its process ended has its log read`() throws {
        let open = try OpenStore(directory)
        _ = try open.store.append([.sample(1), .sample(2)])
        // What a process leaves that is killed: the log has everything, the database nothing.
        let copy = try TemporaryDirectory()
        for name in ["spanmeter.db", "spanmeter.db-wal"] {
            try FileManager.default.copyItem(
                atPath: "\(directory.path)/\(name)", toPath: "\(copy.path)/\(name)")
        }
        #expect(try OpenStore(copy).contents == open.reopen())
        #expect(open.contents.records.count == 2)
    }

    @Test func `SQLite's log is bounded by the writer, and emptied beside it`() throws {
        let open = try OpenStore(directory)
        let store = try open.store
        var largest = 0
        // 25 MB of log.
        for number in 0..<50 {
            _ = try store.append(
                (0..<20).map { .sample(number * 20 + $0, recordCount: 20_000, spanCount: 300) })
            largest = max(largest, store.logByteCount)
        }
        #expect(largest > 16_000_000)
        #expect(largest < 18_000_000)
        #expect(store.logByteCount < largest)
        try store.moveLog()
        _ = try store.append([.sample(1)])
        _ = try store.append([.sample(2)])
        #expect(store.logByteCount < 100_000)
    }

    @Test func `a copy is made once a day, can be opened, and replaces the one of the day before`() throws {
        let open = try OpenStore(directory)
        _ = try open.store.append([.sample(1), .sample(2)])
        let path = "\(directory.path)/spanmeter-20261121.db"
        #expect(try open.store.keepDailyCopy() == path)
        #expect(try open.store.keepDailyCopy() == nil)
        let restored = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: path, toPath: "\(restored.path)/spanmeter.db")
        #expect(try OpenStore(restored).contents == open.reopen())

        open.close()
        let tomorrow = try OpenStore(directory, now: 1_795_234_878 + 86_400)
        #expect(try tomorrow.store.keepDailyCopy() == "\(directory.path)/spanmeter-20261122.db")
        #expect(directory.names.filter { $0.hasPrefix("spanmeter-") } == ["spanmeter-20261122.db"])
    }

    @Test(arguments: [
        (13, "diskFull", true), (8, "readOnly", true), (1_288, "readOnly", true), (778, "disk", true),
        (14, "disk", true), (11, "damaged", false), (26, "damaged", false), (5, "busy", true),
        (1, "refused", false),
    ])
    func `errors of SQLite are sorted by what can be done about them`(
        code: Int32, name: String, isPassing: Bool
    ) throws {
        let open = try OpenStore(directory)
        let error = try #require(throws: StoreError.self) {
            try open.store.append([]) { _ in
                throw DatabaseError(resultCode: .init(rawValue: code), message: "m")
            }
        }
        #expect("\(Mirror(reflecting: error).children.first?.label ?? "")" == name)
        #expect(error.isPassing == isPassing)
        let path = "\(directory.path)/spanmeter.db"
        #expect(
            error.description.hasPrefix("cannot append to the journal of \(path): m (SQLite code \(code))"))
        #expect(try open.store.append([.sample(1)]) == 1..<2)
    }

    @Test(
        arguments: [
            (0, 0, 1_419_790_551_144_288_240), (5, 1, -5_058_156_423_378_639_205),
            (16, 1, -2_146_154_886_729_242_291), (17, 2, 492_942_543_897_043_653),
            (5_000, -1, 6_583_621_228_093_027_705),
        ] as [(Int, Int64, Int64)]
    )
    func `the checksum of rows is what released versions wrote`(count: Int, key: Int64, checksum: Int64) {
        #expect(RowChecksum.of([UInt8].sample(1, count: count).span.bytes, key: key) == checksum)
    }
}

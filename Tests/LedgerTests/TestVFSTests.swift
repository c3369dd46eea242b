import CTestVFS
import Foundation
import GRDB
import Testing

@Suite struct TestVFSTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test(arguments: [
        "forgets", "fail=write", "fail=write:0", "fail=writes:1", "fail=write:1:none", "crash=sync:2-3",
        "torn=0", "slow=1s",
        "fail=write:3-2", "crash=sync:1:full",
    ])
    func `a word that is no plan is refused`(text: String) {
        #expect(testvfs_plan("\(directory.path)/", text) == -1)
    }

    @Test func `what was not synced is seen by all connections, and gone after a crash`() throws {
        let disk = try FaultyDisk(directory, "forget,crash=sync:1000")
        let (first, second) = (try connect(), try connect())
        try insert(1, into: first)
        try first.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        try insert(2, into: first)
        #expect(try numbers(in: second) == [1, 2])
        // The files themselves are what a crash would leave.
        let left = try TemporaryDirectory()
        try copyFiles(to: left)
        #expect(try numbers(in: DatabaseQueue(path: "\(left.path)/a.db")) == [1])
        #expect(!disk.hasCrashed)
    }

    @Test func `a sync that lies makes nothing durable`() throws {
        let disk = try FaultyDisk(directory, "forget,lie")
        let queue = try connect()
        try insert(1, into: queue)
        #expect(disk.count(.sync) > 0)
        #expect(try numbers(in: queue) == [1])
        let left = try TemporaryDirectory()
        try copyFiles(to: left)
        #expect(throws: DatabaseError.self) { try numbers(in: DatabaseQueue(path: "\(left.path)/a.db")) }
    }

    @Test func `calls fail in their range and with their kind`() throws {
        let disk = try FaultyDisk(directory, "")
        let queue = try connect()
        try insert(1, into: queue)
        let before = disk.count(.write)
        try queue.close()
        let faulty = try FaultyDisk(directory, "fail=write:1-2:full,fail=sync:1")
        let second = try connect()
        for wanted in [ResultCode.SQLITE_FULL, .SQLITE_FULL, .SQLITE_IOERR_FSYNC] {
            let error = try #require(throws: DatabaseError.self) { try insert(2, into: second) }
            #expect(error.extendedResultCode == wanted)
        }
        try insert(3, into: second)
        #expect(try numbers(in: second) == [1, 3])
        #expect(before > 0)
        #expect(faulty.count(.sync) > 1)
    }

    @Test func `everything fails from a crash on`() throws {
        try connect().close()
        let disk = try FaultyDisk(directory, "forget,crash=sync:3")
        let queue = try connect()
        var written: [Int] = []
        for number in 1...5 where (try? insert(number, into: queue)) != nil { written.append(number) }
        #expect(disk.hasCrashed)
        #expect(written.count < 5)
        #expect(throws: DatabaseError.self) { try insert(9, into: queue) }
        try? queue.close()
        _ = try FaultyDisk(directory, "forget")
        #expect(try numbers(in: connect()) == written)
    }

    private func connect() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(
                sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0")
        }
        let queue = try DatabaseQueue(path: "\(directory.path)/a.db", configuration: configuration)
        try queue.write {
            try $0.execute(sql: "CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, b BLOB)")
        }
        return queue
    }

    private func insert(_ number: Int, into queue: DatabaseQueue) throws {
        try queue.write {
            try $0.execute(sql: "INSERT INTO t VALUES (?, zeroblob(9000))", arguments: [number])
        }
    }

    private func numbers(in queue: DatabaseQueue) throws -> [Int] {
        try queue.read { try Int.fetchAll($0, sql: "SELECT n FROM t ORDER BY n") }
    }

    private func copyFiles(to target: TemporaryDirectory) throws {
        for name in directory.names where !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(
                atPath: "\(directory.path)/\(name)", toPath: "\(target.path)/\(name)")
        }
    }
}

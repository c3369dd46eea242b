import Foundation
import GRDB
import Ledger
import Testing

@Suite struct StoreTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func `numbers stay above those of images of folds`() throws {
        let open = try OpenStore(directory)
        try open.store.checkpoint { slice in
            try slice.put(fold: 1, through: 50, image: ([1, 2, 3] as [UInt8]).span.bytes)
        }
        _ = try open.reopen()
        #expect(try open.store.lastSequence == 50)
    }

    @Test func `a new directory is created for its owner only, and holds nothing`() throws {
        let path = "\(directory.path)/state/spanmeter"
        let open = try OpenStore(directory, below: "/state/spanmeter")
        let store = try open.store
        #expect(open.contents == Recorder())
        #expect(open.contents.beginCount == 1)
        #expect(store.notices == [])
        #expect(store.lastSequence == 0)
        for name in [path, "\(path)/spanmeter.db"] {
            let mode = try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int
            #expect(mode.map { $0 & 0o077 } == 0, "\(name)")
        }
    }

    @Test func `entries of one group are numbered in their order and come back after a restart`() throws {
        let entries = (1...5).map { JournalEntry.sample($0, arrival: Int64($0) * 1_000) }
        let open = try OpenStore(directory)
        #expect(try open.store.append([entries[0]]) == 1..<2)
        #expect(try open.store.append(Array(entries[1...])) == 2..<6)
        let found = try open.reopen()
        #expect(found.records == Dictionary(uniqueKeysWithValues: zip(1..., entries.map(\.record))))
        #expect(
            found.keys.mapValues(\.keys) == Dictionary(uniqueKeysWithValues: zip(1..., entries.map(\.keys))))
        #expect(found.keys.mapValues(\.arrival) == [1: 1_000, 2: 2_000, 3: 3_000, 4: 4_000, 5: 5_000])
    }

    @Test func `an entry without keys or without a record has no row for them, but a number`() throws {
        let open = try OpenStore(directory)
        let empty = JournalEntry(record: [], keys: [], arrival: 9)
        let keysOnly = JournalEntry(record: [], keys: [1, 2], arrival: 9)
        let recordOnly = JournalEntry(record: [3], keys: [], arrival: 9)
        #expect(try open.store.append([keysOnly, recordOnly, empty]) == 1..<4)
        #expect(try open.store.append([]) == 4..<4)
        let found = try open.reopen()
        #expect(found.records == [2: [3], 3: []])
        #expect(found.keys.keys.sorted() == [1])
        #expect(try open.store.lastSequence == 3)
    }

    @Test func `numbers go on after everything was truncated and the store opened again`() throws {
        let open = try OpenStore(directory)
        _ = try open.store.append([.sample(1), .sample(2), .sample(3)])
        #expect(try open.store.truncateJournal(through: 3) == .reached)
        #expect(try open.store.dropKeys(arrivedBefore: 1) == .reached)
        #expect(try open.reopen() == Recorder())
        #expect(try open.store.append([.sample(4)]) == 4..<5)
    }

    @Test func `a truncation beyond the last number does not skip any`() throws {
        let open = try OpenStore(directory)
        _ = try open.store.append([.sample(1)])
        #expect(try open.store.truncateJournal(through: 1_000) == .reached)
        _ = try open.reopen()
        #expect(try open.store.append([.sample(2)]) == 2..<3)
    }

    @Test func `truncation goes in slices, oldest first, and leaves the keys alone`() throws {
        let open = try OpenStore(directory)
        _ = try open.store.append((1...10).map { .sample($0) })
        #expect(try open.store.truncateJournal(through: 7, rowCountMax: 4) == .more)
        #expect(try open.store.truncateJournal(through: 7, rowCountMax: 4) == .reached)
        let found = try open.reopen()
        #expect(found.records.keys.sorted() == [8, 9, 10])
        #expect(found.keys.count == 10)
    }

    @Test func `keys go when their window is over, up to the first that is still wanted`() throws {
        let open = try OpenStore(directory)
        // The third arrived after the clock was set back.
        let arrivals: [Int64] = [10, 20, 5, 30, 40]
        _ = try open.store.append(arrivals.map { .sample(Int($0), arrival: $0) })
        #expect(try open.store.dropKeys(arrivedBefore: 20) == .reached)
        #expect(try open.store.dropKeys(arrivedBefore: 21, rowCountMax: 1) == .more)
        #expect(try open.store.dropKeys(arrivedBefore: 21, rowCountMax: 5) == .reached)
        let found = try open.reopen()
        #expect(found.keys.keys.sorted() == [4, 5])
        #expect(found.records.count == 5)
        #expect(try open.store.dropKeys(arrivedBefore: 0, orThrough: 4) == .reached)
        #expect(try open.reopen().keys.keys.sorted() == [5])
    }

    @Test func `a checkpoint slice writes images, values and deletions together`() throws {
        let open = try OpenStore(directory)
        let places =
            (0..<3).map { SeriesPlace(table: 7, slot: $0) } + [SeriesPlace(table: (1 << 31) - 1, slot: .max)]
        try open.store.checkpoint { slice in
            for place in places { try slice.put(place, through: 4, [UInt8(place.slot & 0xff)]) }
            try slice.set("secret", [UInt8].sample(1, count: 192))
        }
        try open.store.checkpoint { slice in
            try slice.put(places[1], through: 9, [UInt8].sample(2, count: 9_000))
            try slice.put(places[2], through: 9, [UInt8]())
            try slice.delete(places[0])
            try slice.delete(SeriesPlace(table: 1, slot: 1))
            try slice.set("state", [UInt8]())
        }
        let found = try open.reopen()
        #expect(
            found.series == [
                places[1]: .init(sequence: 9, image: .sample(2, count: 9_000)),
                places[2]: .init(sequence: 9, image: []), places[3]: .init(sequence: 4, image: [255]),
            ])
        #expect(found.values == ["secret": .sample(1, count: 192), "state": []])
        #expect(try open.store.lastSequence == 9)
    }

    @Test func `a replaced checkpoint leaves nothing of the old layouts`() throws {
        let open = try OpenStore(directory)
        _ = try open.store.append([.sample(1), .sample(2), .sample(3)])
        let (old, new) = (SeriesPlace(table: 1, slot: 1), SeriesPlace(table: 2, slot: 1))
        try open.store.replaceCheckpoint(layouts: [(1, [1]), (2, [2])], through: 0) { slice in
            try slice.put(old, through: 0, [1])
            try slice.set("secret", [5])
        }
        try open.store.replaceCheckpoint(layouts: [(2, [22])], through: 2) { slice in
            try slice.put(new, through: 2, [2])
        }
        let found = try open.reopen()
        #expect(found.layouts == [2: [22]])
        #expect(found.series == [new: .init(sequence: 2, image: [2])])
        #expect(found.values == ["secret": [5]])
        #expect(found.records.keys.sorted() == [3])
        #expect(found.keys.count == 3)
    }

    @Test func `rows of the ledger commit with the group, or the group does not`() throws {
        struct Refused: Error {}
        let open = try OpenStore(directory)
        _ = try open.store.append([.sample(1)]) { db in
            try db.execute(sql: "CREATE TABLE result (test TEXT); INSERT INTO result VALUES ('a')")
        }
        #expect(throws: StoreError.self) {
            try open.store.append([.sample(2)]) { db in
                try db.execute(sql: "INSERT INTO result VALUES ('b')")
                throw Refused()
            }
        }
        #expect(throws: StoreError.self) {
            try open.store.checkpoint { slice in
                try slice.set("state", [1])
                try slice.db.execute(sql: "INSERT INTO nothing VALUES (1)")
            }
        }
        var tests: [String] = []
        let numbers = try open.store.append([.sample(3)]) { db in
            tests = try String.fetchAll(db, sql: "SELECT test FROM result")
        }
        #expect(numbers == 2..<3)
        #expect(tests == ["a"])
        let found = try open.reopen()
        #expect(found.records == [1: JournalEntry.sample(1).record, 2: JournalEntry.sample(3).record])
        #expect(found.values == [:])
    }
}

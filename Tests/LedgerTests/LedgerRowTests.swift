import GRDB
import MetricModel
import SeededRandom
import Testing

@testable import Ledger

@Suite struct LedgerRowTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func `what was written is there after a restart, and the figures are the same`() throws {
        let book = Self.book()
        try write(book)
        var loaded = try load()
        while loaded.refresh(now: book.now, testCountMax: .max) {}
        for subject in LedgerSubject.allCases {
            let (left, right) = [book.history, loaded].map { $0.rows(per: subject, figures: subject.figures) }
                .pair
            #expect(
                Dictionary(uniqueKeysWithValues: zip(left.labels, left.values))
                    == Dictionary(uniqueKeysWithValues: zip(right.labels, right.values)))
        }
        #expect(loaded.lostRowCount == 0)
        #expect(loaded.patterns.entries == book.history.patterns.entries)
        for number in 0..<Int32(book.history.tests.endNumber) {
            #expect(loaded.description(of: number) == book.history.description(of: number))
        }
        // And it goes on as if nothing had been.
        #expect(
            loaded.plan(Self.next(book.now)).results == book.history.plan(Self.next(book.now)).results)
    }

    @Test func `a decision and its rows are one transaction`() throws {
        struct Failure: Error {}
        let open = try OpenStore(directory)
        let plans = Self.book().plans
        #expect(throws: StoreError.self) {
            try open.store.append([.sample(1)]) { db in
                try plans[0].write(db)
                throw Failure()
            }
        }
        #expect(try open.reopen().ledgerRowCount == 0)
        _ = try open.store.append([.sample(1)]) { db in try plans[0].write(db) }
        #expect(try open.reopen().ledgerRowCount > 0)
    }

    @Test func `results are packed and come back as they were`() throws {
        var generator = SeededRandom(seed: 11)
        let results = (0..<500).map { index in
            let outcome = CaseOutcome.allCases.randomElement(using: &generator) ?? .passed
            let attempt = { (outcome: Outcome) in
                ChunkResult.Attempt(
                    outcome: outcome, seconds: Double(Int.random(in: 0..<5_000_000, using: &generator)) / 1e6,
                    pattern: outcome.isBad ? Int32.random(in: -1..<900, using: &generator) : -1)
            }
            var attempts = [attempt(Outcome("\(outcome)") ?? .passed)]
            if outcome == .flaky { attempts.insert(attempt(.failed), at: 0) }
            return ChunkResult(
                test: Int32(index / 3 * 50), run: 9, outcome: outcome, attempts: attempts,
                seconds: attempts[attempts.count - 1].seconds,
                end: 1_795_000_000_000 - Int64.random(in: 0..<100_000, using: &generator),
                worker: index % 4 == 0 ? nil : "gw\(index % 4)", occurrence: index % 3,
                isInHistory: index % 7 != 0, isRevision: index % 11 == 0)
        }
        let bytes = ResultChunk.encode(results.shuffled(using: &generator))
        #expect(try decode(bytes) == results)
        // Cut anywhere, it is an error and not a crash.
        for count in 0..<bytes.count {
            #expect(throws: (any Error).self) { try decode(Array(bytes[..<count])) }
        }
    }

    @Test func `a thousand passes take less than eight bytes each`() {
        let results = (0..<1_000).map { test in
            ChunkResult(
                test: Int32(test), run: 1, outcome: .passed,
                attempts: [.init(outcome: .passed, seconds: 0.012345)], seconds: 0.012345,
                end: 1_795_000_000_000 - Int64(test * 13), worker: nil, occurrence: 0, isInHistory: true,
                isRevision: false)
        }
        #expect(ResultChunk.encode(results).count < 8_000)
    }

    @Test func `the ledger is read beside its writer, as it is at that moment`() throws {
        let open = try OpenStore(directory)
        let book = Self.book()
        let store = try open.store
        for plan in book.plans { _ = try store.append([.sample(1)]) { db in try plan.write(db) } }
        let before = directory.names
        let history = try load()
        #expect(history.testCount == book.history.testCount)
        #expect(directory.names == before)
        _ = try store.append([.sample(1)]) { db in
            try book.history.plan(Self.next(book.now)).write(db)
        }
        #expect(try load().runs.records.count == history.runs.records.count + 1)
        open.close()
        #expect(try load().runs.records.count == history.runs.records.count + 1)
    }

    @Test func `where there is no ledger, the error says what to do`() throws {
        let path = "\(directory.path)/spanmeter.db"
        let absent = StoreError.noLedger(path: path, reason: "there is no such file")
        #expect(throws: absent) { try load() }
        #expect(
            absent.description
                == "\(path) has no test ledger: there is no such file; start 'spanmeter serve' on it once")
        try DatabaseQueue(path: path).write { db in try db.execute(sql: "CREATE TABLE a (b)") }
        #expect(
            throws: StoreError.noLedger(path: path, reason: "an older version of spanmeter wrote it")
        ) { try load() }
    }

    @Test func `a file of the version before gets the tables`() throws {
        let path = "\(directory.path)/spanmeter.db"
        let old = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(old, upTo: "1 journal and checkpoint")
        try old.close()
        try write(Self.book())
        #expect(try load().testCount == Self.book().history.testCount)
    }

    @Test func `damaged rows of the ledger are left behind, and the others stay`() throws {
        let book = Self.book()
        try write(book)
        let path = "\(directory.path)/spanmeter.db"
        let database = try DatabaseQueue(path: path)
        try database.write { db in
            try db.execute(sql: "UPDATE results SET checksum = checksum + 1 WHERE id = 1")
            try db.execute(sql: "UPDATE tests SET description = x'0102' WHERE id = 1")
        }
        try database.close()
        let open = try OpenStore(directory)
        let notice = try #require(try open.store.notices.first)
        #expect(notice.description.contains("results (1 rows do not match their checksums)"))
        #expect(notice.description.contains("tests (1 rows do not match their checksums)"))
        open.close()
        let loaded = try load()
        #expect(loaded.testCount == book.history.testCount - 1)
        #expect(loaded.lostRowCount > 0)
    }

    @Test func `folds are part of the checkpoint`() throws {
        let open = try OpenStore(directory)
        try open.store.checkpoint { slice in
            for id in Int64(1)...3 { try slice.put(fold: id, through: 5, image: [UInt8(id)].span.bytes) }
            try slice.delete(fold: 2)
        }
        #expect(
            try open.reopen().folds == [
                1: .init(sequence: 5, image: [1]), 3: .init(sequence: 5, image: [3]),
            ])
        try open.store.replaceCheckpoint(layouts: [], through: 0) { slice in
            try slice.put(fold: 4, through: 6, image: [UInt8]().span.bytes)
        }
        #expect(try open.reopen().folds == [4: .init(sequence: 6, image: [])])
    }

    // MARK: Samples

    private func decode(_ bytes: [UInt8]) throws -> [ChunkResult] {
        var results: [ChunkResult] = []
        try ResultChunk.decode(bytes.span.bytes, run: 9) { results.append($0) }
        return results
    }

    /// Runs of three weeks: parts, branches, all outcomes, a report.
    private static func book() -> RunBook {
        var book = RunBook()
        var generator = SeededRandom(seed: 3)
        for number in 0..<30 {
            let results = (0..<8).map { _ in "PPPPFXsE".randomElement(using: &generator) ?? "P" }
            book.run(
                [
                    "a": String(results[0]), "b": String(results[1]), "c": String(results[2]),
                    "d": String(results[3]) + String(results[4]),
                ], branch: number % 7 == 0 ? "feature" : "main", revision: "r\(number / 3)",
                sequence: number % 2 == 0 ? Int64(number) : nil, after: 17 * RunBook.hour)
            book.run(["always": "F", "other": "P"], suite: nil, service: "till", after: 1_000)
        }
        book.run(["a": "P", "b": "F"], after: 10, ended: nil, key: "worker", root: "controller")
        book.run(["c": "P"], after: 10, ended: .failed, key: "controller")
        return book
    }

    private static func next(_ now: Int64) -> OutcomeBatch {
        let key = RunKey("next")
        return OutcomeBatch(
            decided: now + 1_000,
            results: ["a", "new"].map { test in
                CaseResult(
                    run: key, service: "shop", environment: "ci", test: test, suite: "suite",
                    attempts: .of("F"), end: now, seconds: 1, busySeconds: 1)
            })
    }

    private func write(_ book: RunBook) throws {
        let open = try OpenStore(directory)
        let store = try open.store
        for plan in book.plans { _ = try store.append([]) { db in try plan.write(db) } }
    }

    private func load() throws -> History {
        var loader = HistoryLoader()
        try Store.read(directory: directory.path, loading: &loader)
        return loader.finish()
    }
}

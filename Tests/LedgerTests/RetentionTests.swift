import GRDB
import MetricModel
import Testing

@testable import Ledger

@Suite struct RetentionTests {
    private static let month = 30 * RunBook.day

    @Test func `results, runs and tests leave when their time is over, and sums stay`() throws {
        let directory = try TemporaryDirectory()
        let open = try OpenStore(directory)
        var book = RunBook()
        book.run(["old": "P", "kept": "F"], after: 0, ended: nil, key: "part", root: "whole")
        book.run(["kept": "P"], after: 1_000, key: "whole")
        book.run(["kept": "X"], after: 20 * RunBook.day)
        book.run(["kept": "P", "new": "P"], after: 20 * RunBook.day)
        for plan in book.plans { _ = try open.store.append([]) { db in try plan.write(db) } }
        #expect(try expire(&book, open.store) == 2)
        #expect(book.history.testCount == 2)
        #expect(book.history.runs.records.count { $0 != nil } == 2)
        #expect(book.figure("new", .suite, "suite") == 2)
        #expect(book.figure("flaky", .suite, "suite") == 0)
        open.close()

        var loader = HistoryLoader()
        try Store.read(directory: directory.path, loading: &loader)
        let loaded = loader.finish()
        #expect(loaded.testCount == 2)
        #expect(loaded.lostRowCount == 0)
        let database = try DatabaseQueue(path: "\(directory.path)/spanmeter.db")
        let counts = try database.read { db in
            try Row.fetchAll(db, sql: "SELECT service, runs, passed, failed FROM days").map {
                "\($0[0] as String) \($0[1] as Int) \($0[2] as Int) \($0[3] as Int)"
            }
        }
        #expect(counts == ["shop 1 2 1"])
        // Beside those of the runs that are still there.
        let days = try Store.readDays(directory: directory.path, HistoryOptions())
        #expect(days.map(\.runCount) == [1, 1, 1])
        #expect(
            days.map { [$0.counts.passed, $0.counts.failed, $0.counts.flaky] } == [
                [2, 1, 0], [0, 0, 1], [2, 0, 0],
            ])
        #expect(days.map { $0.day - days[0].day } == [0, 20, 40])
        #expect(try Store.readDays(directory: directory.path, HistoryOptions(), service: "till") == [])
    }

    @Test func `numbers that became free are used again, and mean what is new`() throws {
        var book = RunBook()
        for number in 0..<5 { book.run(["t\(number)": "F"], revision: "r\(number)") }
        book.run(["last": "P"], after: Self.month + RunBook.hour)
        #expect(try expire(&book, nil) > 0)
        #expect(book.history.testCount == 1)
        let ends = (book.history.runs.records.count, book.history.tests.endNumber)
        for _ in 0..<5 { book.run(["u": "P", "v": "P"]) }
        #expect(book.history.runs.records.count == ends.0)
        #expect(book.history.tests.endNumber == ends.1)
        #expect(book.state("u") == "healthy")
        #expect(book.state("last") == "new")
        #expect(book.figure("pass_ratio_30d", .suite, "suite") == 1)
    }

    @Test func `patterns leave later than results`() throws {
        var book = RunBook()
        book.run(["t": "F"])
        book.run(["u": "P"], after: 40 * RunBook.day)
        _ = try expire(&book, nil)
        #expect(book.history.patterns.entries.compactMap(\.self).count == 1)
        book.run(["u": "P"], after: 60 * RunBook.day)
        _ = try expire(&book, nil)
        #expect(book.history.patterns.entries.compactMap(\.self) == [])
    }

    @Test func `more results than there is memory for push out the oldest`() {
        var book = RunBook(HistoryOptions(windowByteCount: 0))
        for _ in 0..<130 { book.run(["t": "F"], after: 1_000) }
        #expect(book.history.cutCount == 2)
        #expect(book.figure("consecutive_failures", .test, "suite", "t") == 128)
        #expect(book.history.description(of: 0).streak?.revision == "revision1")
    }

    @Test func `tests beyond the limit are counted, and their runs with them`() {
        var book = RunBook(HistoryOptions(testCountMax: 2))
        book.run(["a": "P", "b": "P", "c": "F"])
        #expect(book.history.testCount == 2)
        #expect(book.history.untrackedCount == 1)
        #expect(book.figure("failed", .branch, "main") == 1)
    }

    @Test func `rare patterns are labelled as others`() {
        var book = RunBook()
        let batch = { (book: RunBook, pattern: (Int) -> String) in
            OutcomeBatch(
                decided: book.now,
                results: (0..<60).map { number in
                    CaseResult(
                        run: RunKey("r"), service: "shop", environment: "ci", test: "t\(number)",
                        attempts: [CaseAttempt(outcome: .failed, seconds: 1, pattern: pattern(number))],
                        end: book.now, seconds: 1, busySeconds: 1)
                })
        }
        let first = book.history.plan(batch(book) { "pattern \($0)" })
        #expect(first.patternLabels.prefix(50) == ArraySlice((0..<50).map { "pattern \($0)" }))
        #expect(first.patternLabels.suffix(10).allSatisfy { $0 == "other" })
        book.history.apply(first)
        book.take(batch(book) { _ in "pattern 55" })
        #expect(book.history.plan(batch(book) { "pattern \($0)" }).patternLabels[55] == "pattern 55")
        #expect(book.history.plan(batch(book) { "pattern \($0)" }).patternLabels[49] == "other")
    }

    /// Lets everything expire, as the service would; returns how many rounds had something.
    private func expire(_ book: inout RunBook, _ store: Store?) throws -> Int {
        var count = 0
        while let plan = book.history.planExpiry(
            now: book.now, retention: Self.month, dailyRetention: 3 * Self.month)
        {
            _ = try store?.append([]) { db in try plan.write(db) }
            book.history.apply(plan)
            book.refresh()
            count += 1
        }
        return count
    }
}

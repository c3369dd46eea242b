import MetricModel
import SeededRandom
import Testing

@testable import Ledger

@Suite struct SuiteHistoryTests {
    @Test func `a test is missing that one of the five runs before had and the last one not`() {
        var book = RunBook()
        book.run(["a": "P", "b": "P"])
        #expect(book.figure("missing", .suite, "suite") == 0)
        for _ in 0..<5 {
            book.run(["a": "P"])
            #expect(book.figure("missing", .suite, "suite") == 1)
        }
        book.run(["a": "P"])
        #expect(book.figure("missing", .suite, "suite") == 0)
    }

    @Test func `a skipped test is not missing`() {
        var book = RunBook()
        book.run(["a": "P", "b": "P"])
        book.run(["a": "P", "b": "s"])
        #expect(book.figure("missing", .suite, "suite") == 0)
        book.run(["b": "s"])
        #expect(book.figure("missing", .suite, "suite") == 1)
    }

    @Test func `runs that go on, run elsewhere or failed as a whole make nothing missing`() {
        var book = RunBook()
        book.run(["a": "P", "b": "P"])
        book.run(["a": "P"], ended: nil, key: "open")
        book.run(["a": "P"], branch: "feature")
        book.run(["x": "P"], suite: "another")
        #expect(book.figure("missing", .suite, "suite") == 0)
        book.run(["a": "P"], key: "open")
        #expect(book.figure("missing", .suite, "suite") == 1)
        #expect(book.figure("missing", .suite, "another") == 0)
    }

    @Test func `tests by state follow their tests from suite to suite`() {
        var book = RunBook()
        for _ in 0..<3 { book.run(["a": "F", "b": "P", "c": "X"], suite: "old") }
        #expect(book.figure("broken", .suite, "old") == 1)
        #expect(book.figure("new", .suite, "old") == 1)
        #expect(book.figure("flaky", .suite, "old") == 1)
        book.run(["a": "F"], suite: "suite")
        #expect(book.figure("broken", .suite, "old") == 0)
        #expect(book.figure("broken", .suite, "suite") == 1)
        #expect(book.figure("pass_ratio_1d", .suite, "suite") == 0)
        #expect(book.figure("pass_ratio_1d", .suite, "old") == 1)
    }

    @Test func `of too many tests the urgent ones and then the slowest are shown`() {
        var book = RunBook(HistoryOptions(exposedTestCountMax: 4))
        for _ in 0..<5 {
            book.run(["a": "P", "b": "P", "broken": "F", "c": "P", "flaky": "X", "gone": "P"])
        }
        book.run(["a": "P", "b": "P", "broken": "F", "c": "P", "flaky": "X", "new": "P"])
        let names = { (book: RunBook) in
            book.history.rows(per: .test, figures: []).labels.map { $0[3] }.sorted()
        }
        #expect(names(book) == ["broken", "flaky", "gone", "new"])
        #expect(book.figure("healthy", .suite, "suite") == 4)
        book.run(
            ["broken": "PPP", "flaky": "P", "gone": "P"], revision: "r", after: 10 * RunBook.day)
        for test in ["a", "b", "c"] {
            let key = RunKey(test)
            book.take(
                OutcomeBatch(
                    decided: book.now,
                    results: [
                        CaseResult(
                            run: key, service: "shop", environment: "ci", test: test, suite: "suite",
                            attempts: .of("P"), end: book.now, seconds: test == "b" ? 9 : 1, busySeconds: 9)
                    ]))
        }
        #expect(names(book).contains("new"))
        #expect(names(book).contains("b"))
    }

    @Test func `a result more costs what changed, and the figures are those of working out everything`() {
        // Two histories see the same in another order and in other portions.
        var (one, other) = (RunBook(), RunBook())
        var generator = SeededRandom(seed: 5)
        var batches: [OutcomeBatch] = []
        for number in 0..<80 {
            let end = one.now + Int64(number) * RunBook.hour * 5
            let key = RunKey("run\(number)")
            let branch = ["main", "main", nil, "feature"].randomElement(using: &generator) ?? nil
            let results = (0..<12).compactMap { test -> CaseResult? in
                guard Int.random(in: 0..<8, using: &generator) > 0 else { return nil }
                let outcome = "PPPPPPFXsE".randomElement(using: &generator) ?? "P"
                return CaseResult(
                    run: key, service: "shop", environment: "ci", test: "t\(test)", suite: "s\(test / 4)",
                    attempts: .of(outcome), end: end, seconds: 1, busySeconds: 1)
            }
            let run = RunChange(
                key: key, service: "shop", environment: "ci", revision: "r\(number / 2)", branch: branch,
                start: end - 60_000, end: end, ended: .passed)
            batches.append(OutcomeBatch(decided: end, results: results, runs: [run]))
        }
        for batch in batches { one.take(batch) }
        for batch in batches.shuffled(using: &generator) {
            var late = batch
            late.decided = batches[79].decided
            other.history.apply(other.history.plan(late))
        }
        let now = batches[79].decided
        while one.history.refresh(now: now, testCountMax: 2) {}
        while other.history.refresh(now: now) {}
        for subject in LedgerSubject.allCases {
            let (left, right) = [one, other].map { book in
                book.history.rows(per: subject, figures: subject.figures)
            }.pair
            let known = Dictionary(uniqueKeysWithValues: zip(left.labels, left.values))
            #expect(known == Dictionary(uniqueKeysWithValues: zip(right.labels, right.values)))
            #expect(!known.isEmpty || ![.test, .suite, .branch].contains(subject))
        }
    }
}

extension Array {
    var pair: (Element, Element) { (self[0], self[1]) }
}

import MetricModel
import Testing

@testable import Ledger

@Suite struct HistoryTests {
    @Test(
        arguments: [
            ("PPPPP", "healthy"), ("P", "new"), ("PPPFFF", "broken"), ("PPEFE", "broken"),
            ("PPPPPX", "flaky"),
            ("PsPsPPP", "healthy"), ("FFsF", "broken"), ("ssss", nil), ("XPPPP", "flaky"),
        ] as [(String, String?)])
    func `the state of a test follows from its results`(results: String, state: String?) {
        var book = RunBook()
        for result in results { book.run(["t": String(result)]) }
        #expect(book.state("t") == state)
    }

    @Test func `pass and failure of one revision make a test flaky`() {
        var book = RunBook()
        book.run(["t": "P"], revision: "a")
        book.run(["t": "F"], revision: "b")
        #expect(book.state("t") == "new")
        book.run(["t": "P"], revision: "b")
        #expect(book.state("t") == "flaky")
    }

    @Test func `a flaky test is healthy again after seven days with runs, not after a pause`() {
        var book = RunBook()
        for _ in 0..<6 { book.run(["t": "P"]) }
        book.run(["t": "X"])
        book.refresh(after: 20 * RunBook.day)
        #expect(book.state("t") == "flaky")
        book.run(["t": "P"])
        #expect(book.state("t") == "healthy")
    }

    @Test func `the run of another test of the service is a run`() {
        var book = RunBook()
        for _ in 0..<6 { book.run(["t": "X"]) }
        book.run(["other": "P"], after: 8 * RunBook.day)
        #expect(book.state("t") == "healthy")
        #expect(book.figure("flip_rate", .test, "suite", "t") == nil)
    }

    @Test func `pass ratios slide with the clock, states do not`() throws {
        var book = RunBook()
        book.run(["t": "F"])
        for _ in 0..<3 { book.run(["t": "P"], after: RunBook.day) }
        let low = try #require(book.figure("pass_ratio_low_7d", .test, "suite", "t"))
        let high = try #require(book.figure("pass_ratio_high_7d", .test, "suite", "t"))
        #expect(abs(low - 0.300642) < 1e-6)
        #expect(abs(high - 0.954413) < 1e-6)
        #expect(book.figure("pass_ratio_7d", .test, "suite", "t") == 0.75)
        #expect(book.figure("pass_ratio_1d", .test, "suite", "t") == 1)
        book.refresh(after: RunBook.day)
        #expect(book.figure("pass_ratio_1d", .test, "suite", "t") == nil)
        book.refresh(after: 4 * RunBook.day)
        #expect(book.figure("pass_ratio_7d", .test, "suite", "t") == 1)
        #expect(book.figure("pass_ratio_30d", .test, "suite", "t") == 0.75)
        #expect(book.figure("pass_ratio_30d", .suite, "suite") == 0.75)
        book.refresh(after: 30 * RunBook.day)
        #expect(book.figure("pass_ratio_30d", .test, "suite", "t") == nil)
        #expect(book.figure("pass_ratio_30d", .suite, "suite") == nil)
        #expect(book.figure("flip_rate", .test, "suite", "t") != nil)
    }

    @Test func `runs of other branches are in the suite's ratio only, treatment arms in none`() {
        var book = RunBook()
        for _ in 0..<3 { book.run(["t": "P"]) }
        for _ in 0..<3 { book.run(["t": "F"], branch: "feature") }
        for _ in 0..<4 { book.run(["t": "F"], inHistory: false) }
        #expect(book.state("t") == "new")
        #expect(book.figure("pass_ratio_1d", .test, "suite", "t") == 1)
        #expect(book.figure("pass_ratio_1d", .suite, "suite") == 0.5)
    }

    @Test func `a run in which most cases fail says nothing of its tests`() {
        var book = RunBook()
        let names = (0..<10).map { "t\($0)" }
        for _ in 0..<6 { book.take(all: names, "P") }
        book.take(all: names, "F", except: ["t0", "t1"])
        #expect(book.figure("consecutive_failures", .test, "suite", "t9") == 0)
        #expect(book.figure("pass_ratio_30d", .test, "suite", "t9") == 1)
        #expect(book.figure("pass_ratio_30d", .suite, "suite") == 62.0 / 70)
        #expect(book.figure("failed", .branch, "main") == 8)
        // One failure less, and they speak.
        book.take(all: names, "F", except: ["t0", "t1", "t2"])
        #expect(book.figure("consecutive_failures", .test, "suite", "t9") == 1)
    }

    @Test func `parts of a run are judged together, also when their root comes last`() {
        var book = RunBook()
        for _ in 0..<6 { book.take(all: (0..<12).map { "t\($0)" }, "P") }
        for worker in 0..<2 {
            book.run(
                [
                    "t\(worker * 5)": "F", "t\(worker * 5 + 1)": "F", "t\(worker * 5 + 2)": "F",
                    "t\(worker * 5 + 3)": "F", "t\(worker * 5 + 4)": "F",
                ], after: 1_000, ended: nil, key: "worker\(worker)")
        }
        #expect(book.figure("consecutive_failures", .test, "suite", "t1") == 1)
        for worker in 0..<2 {
            book.run([:], after: 1_000, ended: .failed, key: "worker\(worker)", root: "controller")
        }
        book.run(["t11": "P"], after: 1_000, ended: .failed, key: "controller")
        #expect(book.figure("consecutive_failures", .test, "suite", "t1") == 0)
        #expect(book.figure("failed", .branch, "main") == 10)
        #expect(book.figure("passed", .branch, "main") == 1)
        #expect(book.figure("pass_ratio", .branch, "main") == 1.0 / 11)
    }

    @Test func `runs are ordered by sequence where they have one, else by start`() {
        var book = RunBook()
        book.run(["t": "P"], sequence: 3)
        book.run(["t": "F"], sequence: 1)
        book.run(["t": "P"], sequence: 2)
        #expect(book.figure("consecutive_failures", .test, "suite", "t") == 0)
        book.run(["t": "F"], sequence: 4)
        book.run(["t": "P"], after: -2 * RunBook.hour)
        #expect(book.figure("consecutive_failures", .test, "suite", "t") == 1)
    }

    @Test func `a corrected result takes the place of the first one`() {
        var book = RunBook()
        let key = book.run(["t": "P", "u": "P"])
        book.take(
            OutcomeBatch(
                decided: book.now,
                results: [
                    CaseResult(
                        run: key, service: "shop", environment: "ci", test: "t", suite: "suite",
                        attempts: .of("F"), end: book.now, seconds: 1, busySeconds: 1, revises: .of("P"))
                ]))
        #expect(book.figure("consecutive_failures", .test, "suite", "t") == 1)
        #expect(book.figure("pass_ratio_1d", .test, "suite", "t") == 0)
        #expect(book.figure("pass_ratio_1d", .suite, "suite") == 0.5)
        #expect(book.figure("failed", .branch, "main") == 1)
        #expect(book.figure("passed", .branch, "main") == 1)
    }

    @Test func `cases of a test that ran several times in a run are told apart`() {
        var book = RunBook()
        book.run(["t": "PFP"])
        #expect(book.figure("pass_ratio_1d", .test, "suite", "t") == 2.0 / 3)
    }

    @Test func `the environment is that of the newest run, and the history one`() {
        var book = RunBook()
        for _ in 0..<4 { book.run(["t": "P"], environment: "ci") }
        book.run(["t": "P"], environment: "default")
        #expect(book.state("t") == "healthy")
        let rows = book.history.rows(per: .test, figures: ["is_healthy"])
        #expect(rows.labels == [["shop", "default", "suite", "t"]])
        let suites = book.history.rows(per: .suite, figures: ["healthy", "new"])
        #expect(suites == GaugeRows(labels: [["shop", "default", "suite"]], values: [[1, 0]]))
    }

    @Test func `environments are apart where options say so`() {
        var book = RunBook(HistoryOptions(isPerEnvironment: true))
        for _ in 0..<5 { book.run(["t": "P"], environment: "ci") }
        book.run(["t": "P"], environment: "default")
        let rows = book.history.rows(per: .test, figures: ["is_healthy", "is_new"])
        #expect(rows.labels.map { $0[1] } == ["ci", "default"])
        #expect(rows.values == [[1, 0], [0, 1]])
    }

    @Test func `ids that are equal but for their bytes are two tests`() {
        var book = RunBook()
        book.run(["caf\u{e9}": "P", "cafe\u{301}": "F"])
        #expect(book.history.testCount == 2)
    }

    @Test func `the last run of a branch is shown as a whole`() {
        var book = RunBook()
        book.run(["a": "P", "b": "X", "c": "s", "d": "E", "e": "F"], branch: "main")
        book.run(["a": "P"], branch: nil)
        book.run(["a": "F"], branch: "feature")
        book.run(["a": "F"], branch: "main", ended: nil)
        let figures = LedgerSubject.branch.figures
        let rows = book.history.rows(per: .branch, figures: figures)
        #expect(rows.labels == [["shop", "ci", "main"], ["shop", "ci", "none"], ["shop", "ci", "other"]])
        let end = Double(book.now - 3 * RunBook.hour) / 1_000
        #expect(rows.values[0] == [end, 0.5, 60, 1, 1, 1, 1, 1])
    }

    @Test func `every figure of the pack has a value`() {
        var book = RunBook()
        for _ in 0..<5 { book.run(["t": "P"]) }
        for subject in [LedgerSubject.test, .suite, .branch] {
            let rows = book.history.rows(per: subject, figures: subject.figures)
            #expect(rows.values.count == 1)
            #expect(rows.labels[0].count == 2 + subject.labels.count)
            for (name, value) in zip(subject.figures, rows.values[0]) {
                #expect(value != nil, "\(subject) \(name)")
            }
        }
    }

    @Test func `the median of durations is exact to a thousandth`() throws {
        for seconds in [0.0, 1e-6, 0.0123, 1, 59.5, 3_600, 86_400] {
            let word = ResultWord(run: 7, outcome: .flaky, isInHistory: true, occurrence: 0, seconds: seconds)
            #expect(abs(ResultWord.seconds(ofCode: word.durationCode) - seconds) <= seconds * 0.0005)
            #expect(word.run == 7 && word.outcome == .flaky && word.isInHistory)
        }
        var book = RunBook()
        for _ in 0..<4 { book.run(["t": "P"]) }
        let median = try #require(book.figure("duration_p50", .test, "suite", "t"))
        #expect(abs(median - 0.5) < 0.0005)
    }
}

extension RunBook {
    /// A run in which all of `tests` have the same result, but for those that pass.
    mutating func take(all tests: [String], _ outcome: Character, except passing: Set<String> = []) {
        let key = run([:])
        let results = tests.map { test in
            CaseResult(
                run: key, service: "shop", environment: "ci", test: test, suite: "suite",
                attempts: .of(passing.contains(test) ? "P" : outcome), end: now, seconds: 1, busySeconds: 1)
        }
        take(OutcomeBatch(decided: now, results: results))
    }
}

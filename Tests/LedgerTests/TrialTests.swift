import GRDB
import MetricModel
import SeededRandom
import Statistics
import Testing

@testable import Ledger

@Suite struct TrialTests {
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `what is told of experiments follows from their results`(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var book = RunBook()
        var truth: [String: [Result]] = [:]
        for number in 0..<8 {
            let results = (0..<60).map { _ in Result.random(&random) }
            for result in results where result.outcome != "s" {
                truth[result.experiment + " " + (result.variant ?? ""), default: []].append(result)
            }
            book.take(Result.batch(results, run: number, at: book.now + Int64(number) * RunBook.hour))
        }
        for (name, results) in truth {
            let words = name.split(separator: " ").map(String.init)
            let passed = results.count { $0.outcome == "P" || $0.outcome == "X" }
            func figure(_ figure: String) -> Double? { book.figure(figure, .arm, words[0], words[1]) }
            #expect(figure("cases") == Double(results.count))
            #expect(figure("pass_ratio") == Double(passed) / Double(results.count))
            let cost = results.reduce(0) { $0 + $1.cost } / Double(results.count)
            #expect(abs(try #require(figure("cost_per_case")) - cost) < 1e-9)
            let latencies = results.map(\.latency).sorted()
            let p95 = latencies[Int((0.95 * Double(latencies.count)).rounded(.up)) - 1]
            #expect(abs(try #require(figure("latency_p95")) / p95 - 1) < 0.011)
            guard words[1] != "control" else { continue }
            let control = truth[words[0] + " control"] ?? []
            let first = PassCount(control.count { $0.outcome == "P" || $0.outcome == "X" }, of: control.count)
            let second = PassCount(passed, of: results.count)
            #expect(figure("lift") == second.ratio - first.ratio)
            #expect(figure("p_fisher") == FisherTest.pValue(first, second))
            #expect(figure("p_mcnemar") == Self.pairs(control, results).exactPValue)
            #expect(abs(try #require(figure("p_sequential")) - Self.sequential(control, results)) < 1e-9)
        }
        #expect(book.figure("pass_ratio", .arm, "e1", "other") == nil)
    }

    /// Pairs of cases by what most of their results were.
    private static func pairs(_ first: [Result], _ second: [Result]) -> McNemarTest {
        func verdicts(_ results: [Result]) -> [String: Bool] {
            var scores: [String: Int] = [:]
            for result in results {
                scores[result.test, default: 0] += result.outcome == "P" || result.outcome == "X" ? 1 : -1
            }
            return scores.filter { $0.value != 0 }.mapValues { $0 > 0 }
        }
        let (left, right) = (verdicts(first), verdicts(second))
        let both = Set(left.keys).intersection(right.keys)
        return McNemarTest(
            onlyFirst: both.count { left[$0] == true && right[$0] == false },
            onlySecond: both.count { left[$0] == false && right[$0] == true })
    }

    private static func sequential(_ first: [Result], _ second: [Result]) -> Double {
        func ratio(_ results: [Result]) -> Double {
            Double(results.count { $0.outcome == "P" || $0.outcome == "X" }) / Double(results.count)
        }
        var squares = 0.0
        for test in Set((first + second).map(\.test)) {
            func share(_ results: [Result]) -> Double {
                let own = results.filter { $0.test == test }
                return own.isEmpty
                    ? 0 : (ratio(own) - ratio(results)) * Double(own.count) / Double(results.count)
            }
            let share = share(second) - share(first)
            squares += share * share
        }
        return SequentialTest().pValue(
            difference: ratio(second) - ratio(first), standardError: squares.squareRoot(),
            count: first.count + second.count)
    }

    @Test func `a restart in the middle changes nothing`() throws {
        let directory = try TemporaryDirectory()
        var random = SeededRandom(seed: 3)
        var whole = RunBook()
        let batches = (0..<10).map { number in
            Result.batch(
                (0..<40).map { _ in Result.random(&random) }, run: number,
                at: whole.now + Int64(number) * RunBook.hour)
        }
        for batch in batches { whole.take(batch) }
        for batch in batches {
            // A process for each decision.
            var history = try Self.load(directory)
            let plan = history.plan(batch)
            let open = try OpenStore(directory)
            _ = try open.store.append([]) { db in try plan.write(db) }
            history.apply(plan)
            open.close()
        }
        var last = try Self.load(directory)
        while last.refresh(now: whole.now) {}
        #expect(last.lostRowCount == 0)
        for subject in [LedgerSubject.experiment, .arm, .skill] {
            let rows = last.rows(per: subject, figures: subject.figures)
            #expect(rows == whole.history.rows(per: subject, figures: subject.figures))
            #expect(!rows.labels.isEmpty)
        }
    }

    private static func load(_ directory: TemporaryDirectory) throws -> History {
        let open = try OpenStore(directory)
        open.close()
        var loader = HistoryLoader()
        try Store.read(directory: directory.path, loading: &loader)
        return loader.finish()
    }

    @Test func `a correction counts once, as what it came to`() {
        var book = RunBook()
        var failed = Result(test: "a", outcome: "F", variant: "control")
        book.take(Result.batch([failed], run: 1, at: book.now))
        failed.outcome = "X"
        var batch = Result.batch([failed], run: 1, at: book.now)
        batch.results[0].revises = .of("F")
        book.take(batch)
        #expect(book.figure("cases", .arm, "e1", "control") == 1)
        #expect(book.figure("pass_ratio", .arm, "e1", "control") == 1)
        #expect(book.figure("cost_per_case", .arm, "e1", "control") == failed.cost)
    }

    @Test func `the state says what can be said`() {
        func state(_ control: String, _ treatment: String, shares: [String: Double]? = nil) -> String? {
            var book = RunBook(HistoryOptions(shares: shares.map { ["e1": $0] } ?? [:]))
            let results =
                control.enumerated().map { Result(test: "c\($0)", outcome: $1, variant: "control") }
                + treatment.enumerated().map { Result(test: "t\($0)", outcome: $1, variant: "treatment") }
            book.take(Result.batch(results, run: 1, at: book.now))
            let states = ExperimentState.allCases.map(\.rawValue).filter {
                book.figure("is_\($0)", .experiment, "e1") == 1
            }
            let winner = ["control", "treatment"].first { book.figure("is_winner", .arm, "e1", $0) == 1 }
            return states.joined(separator: ",") + (winner.map { " \($0)" } ?? "")
        }
        func outcomes(_ passed: Int, _ failed: Int) -> String {
            String(repeating: "P", count: passed) + String(repeating: "F", count: failed)
        }
        #expect(state(outcomes(10, 9), outcomes(10, 10)) == "too_few")
        #expect(state(outcomes(40, 10), "") == "too_few")
        #expect(state(outcomes(40, 10), outcomes(42, 8)) == "running")
        #expect(state(outcomes(60, 40), outcomes(95, 5)) == "winner treatment")
        #expect(state(outcomes(95, 5), outcomes(60, 40)) == "winner control")
        #expect(state(outcomes(100, 0), outcomes(50, 0)) == "srm")
        let shares = ["control": 2.0, "treatment": 1]
        #expect(state(outcomes(100, 0), outcomes(50, 0), shares: shares) == "no_difference")
        #expect(state(outcomes(75, 0), outcomes(75, 0), shares: shares) == "srm")
        #expect(state(outcomes(75, 0), outcomes(75, 0), shares: ["control": 1, "new": 1]) == "srm")
        #expect(state(outcomes(900, 100), outcomes(905, 95)) == "no_difference")
    }

    @Test func `a treatment changes nothing of tests and skills`() {
        var random = SeededRandom(seed: 5)
        var (plain, tried) = (RunBook(), RunBook())
        for number in 0..<12 {
            let results = (0..<20).map { index in
                Result(
                    test: "t\(index)", outcome: "PPPPPPF".randomElement(using: &random) ?? "P",
                    variant: "control", edition: number < 6 ? "1" : "2")
            }
            let treatments = (0..<200).map { index in
                Result(test: "t\(index % 20)", outcome: "F", variant: "treatment", edition: "9")
            }
            let time = plain.now + RunBook.hour * Int64(number)
            plain.take(Result.batch(results, run: number, at: time))
            tried.take(Result.batch(results + treatments, run: number, at: time))
        }
        let names = LedgerSubject.test.figures.filter { $0 != "last_seen" }
        #expect(
            plain.history.rows(per: .test, figures: names) == tried.history.rows(per: .test, figures: names))
        let states = ["healthy", "flaky", "broken", "new", "missing"]
        #expect(
            plain.history.rows(per: .suite, figures: states)
                == tried.history.rows(per: .suite, figures: states))
        let skill = LedgerSubject.skill.figures
        #expect(
            plain.history.rows(per: .skill, figures: skill) == tried.history.rows(per: .skill, figures: skill)
        )
    }

    @Test func `every figure has a value`() throws {
        var book = RunBook()
        for number in 1...2 {
            let results = ["control", "treatment"].flatMap { variant in
                (0..<30).map {
                    Result(
                        test: "t\($0)", outcome: $0 < 25 ? "P" : "F", variant: variant, edition: "\(number)")
                }
            }
            book.take(Result.batch(results, run: number, at: book.now + Int64(number) * RunBook.hour))
        }
        for subject in [LedgerSubject.experiment, .arm, .skill] {
            let rows = book.history.rows(per: subject, figures: subject.figures)
            let values = try #require(rows.values.last)
            #expect(rows.labels.allSatisfy { $0.count == 2 + subject.labels.count })
            for (name, value) in zip(subject.figures, values) {
                #expect(value != nil, "\(subject) \(name)")
            }
        }
    }

    @Test func `a skill is compared with its edition before`() throws {
        var book = RunBook()
        func run(_ edition: String, _ outcomes: String, number: Int, branch: String? = "main") {
            let results = outcomes.enumerated().map {
                Result(test: "t\($0)", outcome: $1, variant: nil, edition: edition)
            }
            book.take(
                Result.batch(
                    results, run: number, at: book.now + Int64(number) * RunBook.hour, branch: branch))
        }
        func figure(_ name: String) -> Double? { book.figure(name, .skill, "s1") }
        run("1", "PPPPPPPPPPPPPPPPPPFF", number: 1)
        #expect(book.plans.last?.skillChanges == [])
        #expect(figure("cases_current") == 20)
        #expect(figure("cases_previous") == nil)
        #expect(figure("impact") == nil)
        #expect(figure("last_change") == nil)
        run("x", "FFFFFFFFFFFFFFFFFFFF", number: 2, branch: "feature")
        #expect(figure("cases_current") == 20)
        run("2", "PPPPPPPPPPPPPPPPPPPP", number: 3)
        #expect(book.plans.last?.skillChanges.map(\.skill) == ["s1"])
        #expect(figure("pass_ratio_current") == 1)
        #expect(figure("pass_ratio_previous") == 0.9)
        #expect(abs(try #require(figure("impact")) - 0.1) < 1e-12)
        let changed = figure("last_change")
        #expect(changed == Double(book.now + 3 * RunBook.hour) / 1_000)
        // A late run of the edition before is no change, nor one of an edition that nobody remembers.
        run("1", "FFFF", number: 2)
        run("0", "FFFF", number: 1)
        #expect(figure("last_change") == changed)
        #expect(figure("pass_ratio_previous") == 18.0 / 24)
        // Taken back, and then changed once more.
        run("1", "P", number: 4)
        #expect(figure("cases_current") == 25)
        #expect(figure("cases_previous") == 20)
        run("3", "PP", number: 5)
        #expect(figure("cases_current") == 2)
        #expect(figure("cases_previous") == 25)
        #expect(book.plans.reduce(0) { $0 + $1.skillChanges.count } == 3)
    }

    @Test func `beyond the limits results are counted and not kept`() {
        var book = RunBook()
        let arms = (0..<10).map { Result(test: "a", outcome: "P", variant: "v\($0)") }
        book.take(Result.batch(arms, run: 1, at: book.now))
        #expect(book.history.rows(per: .arm, figures: ["cases"]).labels.count == HistoryOptions.armCountMax)
        #expect(book.history.untriedCount == 2)
        let experiments = (0..<300).map {
            Result(test: "a", outcome: "P", variant: "control", experiment: "x\($0)")
        }
        book.take(Result.batch(experiments, run: 2, at: book.now))
        #expect(book.history.experimentCount == HistoryOptions.trialCountMax(.experiment))
        #expect(book.history.untriedCount == 2 + 301 - HistoryOptions.trialCountMax(.experiment))
        let cases = (0..<6_000).map { Result(test: "n\($0)", outcome: "P", variant: "v0") }
        book.take(Result.batch(cases, run: 3, at: book.now))
        #expect(book.figure("cases", .arm, "e1", "v0") == 6_001)
        #expect(book.history.trials.caseCount(of: 0) == HistoryOptions.trialCaseCountMax)
    }

    @Test func `what is over leaves with its cases`() throws {
        let directory = try TemporaryDirectory()
        var book = RunBook()
        book.take(Result.batch([Result(test: "a", outcome: "P", variant: "control")], run: 1, at: book.now))
        let later = book.now + 100 * RunBook.day
        let young = Result(test: "a", outcome: "P", variant: "control", experiment: "young", skill: "s2")
        book.take(Result.batch([young], run: 2, at: later))
        let open = try OpenStore(directory)
        for plan in book.plans { _ = try open.store.append([]) { db in try plan.write(db) } }
        while let plan = book.history.planExpiry(
            now: later, retention: 30 * RunBook.day, dailyRetention: 90 * RunBook.day)
        {
            _ = try open.store.append([]) { db in try plan.write(db) }
            book.history.apply(plan)
            book.refresh()
        }
        open.close()
        #expect(book.history.experimentCount == 1)
        #expect(book.history.skillCount == 1)
        let loaded = try Self.load(directory)
        #expect(loaded.experimentCount == 1)
        #expect(loaded.lostRowCount == 0)
        // Its number is free for another one.
        book.take(Result.batch([Result(test: "b", outcome: "F", variant: "control")], run: 3, at: later))
        #expect(book.figure("pass_ratio", .arm, "e1", "control") == 0)
        #expect(book.history.trials.records.count == 4)
    }

    @Test func `where a row is damaged, the others stay`() throws {
        let directory = try TemporaryDirectory()
        var book = RunBook()
        let results = (0..<30).map { Result(test: "t\($0)", outcome: "P", variant: "control") }
        book.take(Result.batch(results, run: 1, at: book.now))
        var open = try OpenStore(directory)
        for plan in book.plans { _ = try open.store.append([]) { db in try plan.write(db) } }
        open.close()
        let database = try DatabaseQueue(path: "\(directory.path)/spanmeter.db")
        try database.write { db in
            try db.execute(sql: "UPDATE trial_cases SET checksum = checksum + 1 WHERE id = 3")
        }
        try database.close()
        open = try OpenStore(directory)
        #expect(try open.store.notices.count == 1)
        open.close()
        var loaded = try Self.load(directory)
        #expect(loaded.lostRowCount == 0)
        #expect(loaded.trials.caseNumber("t3", in: 0) == nil)
        #expect(loaded.trials.caseNumber("t29", in: 0) == 29)
        // The lost one is a new one when it comes again.
        let plan = loaded.plan(Result.batch([results[3]], run: 2, at: book.now + 1))
        #expect(plan.trialCases.map(\.number) == [30, 3])
        loaded.apply(plan)
        #expect(loaded.trials.caseNumber("t3", in: 0) == 30)
    }

    @Test func `images are read as they were written, and refused when cut`() throws {
        var random = SeededRandom(seed: 9)
        var book = RunBook()
        let results = (0..<50).map { _ in Result.random(&random) }
        book.take(Result.batch(results, run: 1, at: book.now))
        let plan = try #require(book.plans.last)
        for trial in plan.trials {
            let bytes = trial.record.encoded()
            #expect(try TrialRecord(bytes.span.bytes) == trial.record)
            for count in 0..<bytes.count {
                #expect(throws: (any Error).self) { try TrialRecord(Array(bytes[..<count]).span.bytes) }
            }
        }
        for planned in plan.trialCases {
            let bytes = planned.item.encoded()
            #expect(try TrialCase(bytes.span.bytes) == planned.item)
            for count in 0..<bytes.count {
                #expect(throws: (any Error).self) { try TrialCase(Array(bytes[..<count]).span.bytes) }
            }
        }
    }
}

/// A result that is of an experiment and of a skill.
private struct Result {
    var test: String
    var outcome: Character
    var variant: String?
    var experiment = "e1"
    var skill = "s1"
    var edition = "1"
    var cost = 0.25
    var latency = 1.5

    static func random(_ random: inout SeededRandom) -> Result {
        var result = Result(
            test: "t\(random.below(12))", outcome: random.pick(Array("PPPPFXsE")),
            variant: random.pick(["control", "treatment", "third"]))
        result.experiment = random.pick(["e1", "e2"])
        result.skill = random.pick(["s1", "s2"])
        result.cost = Double(random.below(1_000)) / 1_000
        result.latency = 0.1 + Double(random.below(10_000)) / 1_000
        return result
    }

    static func batch(_ results: [Result], run: Int, at time: Int64, branch: String? = "main") -> OutcomeBatch
    {
        let key = RunKey("trial\(run)")
        var occurrences: [String: Int] = [:]
        return OutcomeBatch(
            decided: time,
            results: results.map { result in
                defer { occurrences[result.test, default: 0] += 1 }
                let trial = CaseTrial(
                    experiment: result.variant.map { _ in result.experiment }, variant: result.variant,
                    skill: result.skill, edition: result.edition, cost: result.cost, tokens: 100,
                    latency: result.latency)
                return CaseResult(
                    run: key, service: "shop", environment: "ci", test: result.test, suite: "suite",
                    attempts: .of(result.outcome), end: time, seconds: 0.5, busySeconds: 0.5,
                    isInHistory: result.variant.map { $0 == "control" } ?? true,
                    occurrence: occurrences[result.test] ?? 0, trial: trial)
            },
            runs: [
                RunChange(
                    key: key, service: "shop", environment: "ci", revision: "r\(run)", branch: branch,
                    start: time - 60_000, end: time, ended: .passed)
            ])
    }
}

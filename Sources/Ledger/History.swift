package import MetricModel
internal import Statistics

/// The results of every test over time: windows, states, what is flaky, broken, new or missing.
///
/// A value whose changes come as plans; what follows from them is worked out by `refresh`, for those tests only
/// that something changed for. Clocks come in as arguments.
package struct History: Sendable {
    let options: HistoryOptions
    var services: ServiceTable
    var runs: RunTable
    var tests = TestTable()
    var suites = SuiteTable()
    var patterns = PatternTable()
    var trials = TrialTable()
    var edits = SkillEdits()
    var inputs = InputTable()
    /// How often a test failed with a pattern, by number of the test and of the pattern; where options ask for it.
    var patternsOfTests: [Int64: Int32] = [:]
    /// Suites where something may be missing or not any more.
    var dirtySuites: [Int32] = []
    /// By slot of the run, as of the last refresh.
    var runWindows: [RunWindows] = []
    /// Where the windows of a day, a week and a month begin.
    var windowBegins = [Int64](repeating: .min, count: 3)
    /// Tests that may have no result any more.
    var emptyTests: [Int32] = []
    /// How far results of the runs below have been dropped.
    var sweepPlace = 0
    var sweptRuns: [Int32] = []

    // Memory that is used again and again.
    var judge = StabilityJudge()
    var executions: [Execution] = []
    var executionRuns: [Int32] = []
    var durations: [UInt16] = []

    /// Changes whenever a figure may have changed.
    package internal(set) var generation: UInt64 = 0
    /// Results of tests beyond the limit since the start.
    package internal(set) var untrackedCount = 0
    /// Results of experiments and skills beyond the limit since the start.
    package internal(set) var untriedCount = 0
    /// Results that were forgotten before their window was over, for want of memory.
    package internal(set) var cutCount = 0

    /// Rows that were not understood when the ledger was loaded, or belonged to nothing.
    package internal(set) var lostRowCount = 0

    /// A history of nothing.
    package init(_ options: HistoryOptions = HistoryOptions()) {
        self.options = options
        services = ServiceTable(isPerEnvironment: options.isPerEnvironment)
        runs = RunTable(branches: options.branches)
    }

    package var testCount: Int { tests.count }
    /// Runs that windows look at.
    package var runCount: Int { runs.records.count { $0 != nil } }
    package var patternCount: Int { patterns.entries.count { $0 != nil } }
    package var experimentCount: Int { trials.count(of: .experiment) }
    package var skillCount: Int { trials.count(of: .skill) }

    /// What a batch will change; nothing is changed yet.
    ///
    /// A plan is applied, or forgotten, before the next one is made.
    /// - Parameter words: words of failed inputs, of which those that several share are kept.
    /// - Complexity: O(results and runs of the batch).
    package func plan(_ batch: OutcomeBatch, words: InputWords = InputWords()) -> LedgerPlan {
        var planner = LedgerPlanner(self, decided: batch.decided, words)
        planner.add(batch)
        return planner.plan
    }

    /// Takes in what was written.
    package mutating func apply(_ plan: LedgerPlan) {
        if let removal = plan.removal { apply(removal) }
        for run in plan.runs {
            let key = services.key(service: run.record.service, environment: run.record.environment)
            runs.put(run.record, at: run.slot, service: services.number(key))
        }
        for pattern in plan.patterns { patterns.put(pattern.entry, at: pattern.number) }
        for test in plan.tests { put(test.description, at: test.number) }
        for index in plan.results.indices {
            if options.keepsPatternsOfTests { notePattern(of: plan.results[index]) }
            let test = plan.results[index].test
            add(plan.results[index].word, test: test, isRevision: plan.results[index].isRevision)
            tests.mark(test)
        }
        for trial in plan.trials { trials.put(trial.record, at: trial.number) }
        if let planned = plan.edits { edits.apply(planned, hasDiff: options.keepsDiffs) }
        for planned in plan.inputs { inputs.put(planned.cluster, at: planned.number) }
        for planned in plan.trialCases { trials.put(planned.item, at: planned.number, in: planned.trial) }
        untrackedCount += plan.untrackedCount
        untriedCount += plan.untriedCount
        generation += 1
    }

    func testNumber(_ service: ServiceTable.Key, _ name: String) -> Int32? {
        services.known(service).flatMap { tests.number(of: .init(service: $0, name: ExactText(name))) }
    }

    func description(of number: Int32) -> TestDescription {
        let index = Int(number)
        let suite = suites.suites[Int(tests.suites[index])]
        return TestDescription(
            service: services.services[Int(tests.services[index])].name, test: tests.names[index] ?? "",
            environment: suite.environment, suite: suite.name, file: tests.file(of: index),
            skill: tests.skill(of: index), streak: tests.streaks[number])
    }

    /// Whether a result says nothing new of its test.
    func isAsDescribed(_ number: Int32, _ result: CaseResult) -> Bool {
        let suite = suites.suites[Int(tests.suites[Int(number)])]
        return suite.name == result.suite && suite.environment == result.environment
            && tests.file(of: Int(number)) == result.file
            && tests.skill(of: Int(number)) == result.trial?.skill
    }

    /// Whether the last result of a test that counts is a failure.
    func isFailing(_ number: Int32) -> Bool {
        let last = tests.results[Int(number)].last { word in
            let facts = runs.facts[word.run]
            return word.isInHistory && word.outcome != .skipped && facts.isInUse && facts.isTracked
                && !facts.isInfrastructureFailure
        }
        return last.map { $0.outcome == .failed || $0.outcome == .error } ?? false
    }

    /// Adds a test, or moves it to the suite that its newest run names.
    mutating func put(_ description: TestDescription, at number: Int32) {
        let index = Int(number)
        let service = services.number(
            services.key(service: description.service, environment: description.environment))
        let suite = suites.number(
            service: service, environment: description.environment, name: description.suite)
        tests.put(description, at: number, service: service)
        guard tests.suites[index] != suite else { return }
        leaveSuite(number)
        tests.suites[index] = suite
        tests.memberPlaces[index] = Int32(suites.suites[Int(suite)].members.count)
        suites.suites[Int(suite)].members.append(number)
        suites.suites[Int(suite)].add(tests.figures[index])
        markSuite(suite)
    }

    mutating func leaveSuite(_ number: Int32) {
        let index = Int(number)
        let suite = Int(tests.suites[index])
        guard suite >= 0 else { return }
        suites.suites[suite].remove(tests.figures[index])
        let place = Int(tests.memberPlaces[index])
        let last = suites.suites[suite].members.removeLast()
        if last != number {
            suites.suites[suite].members[place] = last
            tests.memberPlaces[Int(last)] = Int32(place)
        }
        markSuite(Int32(suite))
    }

    mutating func markSuite(_ number: Int32) {
        guard !suites.suites[Int(number)].isDirty else { return }
        suites.suites[Int(number)].isDirty = true
        dirtySuites.append(number)
    }

    // MARK: Results

    /// As many results as the memory allows for each test.
    var resultCountMax: Int {
        min(4_096, max(Self.resultCountMin, options.windowByteCount / (8 * max(1, tests.count))))
    }

    private static let resultCountMin = 128

    /// Puts a result where its run belongs.
    mutating func add(_ result: ChunkResult) {
        if options.keepsPatternsOfTests { notePattern(of: result) }
        add(result.word, test: result.test, isRevision: result.isRevision)
    }

    private mutating func add(_ word: ResultWord, test: Int32, isRevision: Bool) {
        let index = Int(test)
        Self.add(word, isRevision: isRevision, to: &tests.results[index], runs)
        guard tests.results[index].count > Self.resultCountMin else { return }
        let excess = tests.results[index].count - resultCountMax
        if excess > 0 {
            // Some more at once: all that stay have to be moved each time.
            let cut = min(excess + resultCountMax / 16, tests.results[index].count - Self.resultCountMin)
            tests.results[index].removeFirst(cut)
            cutCount += cut
        }
    }

    /// From the back: late runs are rare. A result of the same case is replaced.
    private static func add(
        _ word: ResultWord, isRevision: Bool, to results: inout [ResultWord], _ runs: borrowing RunTable
    ) {
        if isRevision, let known = results.lastIndex(where: { $0.isSameCase(as: word) }) {
            results[known] = word
            return
        }
        var place = results.count
        while place > 0, runs.isBefore(word.run, results[place - 1].run) { place -= 1 }
        var same = place - 1
        while same >= 0, results[same].run == word.run {
            if results[same].isSameCase(as: word) {
                results[same] = word
                return
            }
            same -= 1
        }
        // By a quarter and not by doubling: this is most of the memory.
        if results.count == results.capacity {
            results.reserveCapacity(results.count + max(4, results.count / 4))
        }
        if place == results.count {
            results.append(word)
        } else {
            results.insert(word, at: place)
        }
    }

    private mutating func notePattern(of result: ChunkResult) {
        guard result.outcome != .passed, result.outcome != .skipped,
            let pattern = result.attempts.last(where: { $0.pattern >= 0 })?.pattern
        else { return }
        patternsOfTests[Int64(result.test) << 32 | Int64(pattern), default: 0] += 1
    }
}

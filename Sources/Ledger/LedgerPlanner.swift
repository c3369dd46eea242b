internal import MetricModel

/// Makes a plan of a batch: gives numbers to what is new, as the history will when the plan is applied.
struct LedgerPlanner {
    private let history: History
    private(set) var plan: LedgerPlan

    private var freeRuns: [Int32]
    private var freeTests: [Int32]
    private var runEnd: Int32
    private var testEnd: Int32
    private var testCount: Int
    private var runPlaces: [RunKey: Int] = [:]
    /// Where the run of the result before stands: most results of a batch are of one.
    private var lastRun: (key: RunKey, place: Int)?
    private var lastService: (service: String, environment: String, key: ServiceTable.Key, number: Int32?)?
    private var testPlaces: [PlannedName: Int] = [:]
    /// The same by the tests' numbers.
    private var numberedPlaces: [Int32: Int] = [:]
    private var lastBad: [Int32: Bool] = [:]
    private var trials: TrialPlanner
    private var inputs: InputPlanner
    private var patterns: PatternPlanner

    private struct PlannedName: Hashable {
        let service: ServiceTable.Key
        let text: ExactText
    }

    init(_ history: History, decided: Int64, _ words: InputWords) {
        self.history = history
        plan = LedgerPlan(decided: decided)
        freeRuns = history.runs.free
        freeTests = history.tests.free
        runEnd = Int32(history.runs.records.count)
        testEnd = Int32(history.tests.endNumber)
        testCount = history.tests.count
        trials = TrialPlanner(history.trials, history.edits)
        inputs = InputPlanner(history.inputs, words, decided: decided)
        patterns = PatternPlanner(history.patterns, decided: decided)
    }

    mutating func add(_ batch: OutcomeBatch) {
        for change in batch.runs { add(change) }
        for result in batch.results { add(result) }
        plan.trials = trials.trials
        plan.trialCases = trials.cases
        plan.skillChanges = trials.changes
        plan.untriedCount = trials.untrackedCount
        plan.inputs = inputs.clusters
        plan.nextInputSerial = inputs.nextSerial
        plan.inputLabels = inputs.labels
        plan.patterns = patterns.patterns
        plan.patternLabels = patterns.labels
    }

    // MARK: Runs

    private mutating func add(_ change: RunChange) {
        var record = RunRecord(change, now: plan.decided)
        if let known = known(change.key) { record.counts = known.counts }
        if let key = change.root, key != change.key {
            record.root = slot(key, RunRecord(rootOf: record, key: key)) ?? -1
        }
        put(record)
    }

    private func known(_ key: RunKey) -> RunRecord? {
        if let place = runPlaces[key] { return plan.runs[place].record }
        return history.runs.slot(of: key).flatMap { history.runs.records[Int($0)] }
    }

    private mutating func put(_ record: RunRecord) {
        if let place = runPlaces[record.key] {
            plan.runs[place].record = record
        } else if let slot = history.runs.slot(of: record.key) ?? newRunSlot() {
            runPlaces[record.key] = plan.runs.count
            plan.runs.append(.init(slot: slot, record: record))
        }
    }

    /// The slot of a run, which gets one as `record` where it is not known; nil where there are too many.
    private mutating func slot(_ key: RunKey, _ record: @autoclosure () -> RunRecord) -> Int32? {
        if let slot = history.runs.slot(of: key) { return slot }
        if runPlaces[key] == nil { put(record()) }
        return runPlaces[key].map { plan.runs[$0].slot }
    }

    private mutating func newRunSlot() -> Int32? {
        if let free = freeRuns.popLast() { return free }
        guard runEnd < HistoryOptions.runCountMax else { return nil }
        defer { runEnd += 1 }
        return runEnd
    }

    // MARK: Results

    private mutating func add(_ result: CaseResult) {
        let outcome = result.outcome
        patterns.addLabel(of: result, outcome)
        let end = min(result.end, plan.decided)
        let place = place(ofRun: result, end: end)
        var branch: String?
        if let place {
            plan.runs[place].record.end = max(plan.runs[place].record.end, end)
            // What an experiment tries must not make a failure of the whole run.
            if result.isInHistory {
                if let revised = result.revises {
                    plan.runs[place].record.counts.add(CaseOutcome(revised), -1)
                }
                plan.runs[place].record.counts.add(outcome)
            }
            branch = plan.runs[place].record.branch
        }
        let isTracked = history.runs.isTracked(branch)
        trials.add(result, isTracked: isTracked, end: end)
        inputs.add(result, outcome, end: end)
        guard let place, let test = test(of: result, outcome, isTracked: isTracked, place) else {
            plan.untrackedCount += 1
            return
        }
        let run = plan.runs[place].slot
        let service = result.service
        let attempts = result.attempts.map { attempt in
            ChunkResult.Attempt(
                outcome: attempt.outcome, seconds: attempt.seconds,
                pattern: attempt.pattern.map { patterns.number(of: $0, service) } ?? -1)
        }
        if let pattern = result.pattern, outcome != .passed, outcome != .skipped {
            patterns.count(pattern, service)
        }
        plan.results.append(
            ChunkResult(
                test: test, run: run, outcome: outcome, attempts: attempts, seconds: result.seconds, end: end,
                worker: result.worker, occurrence: result.occurrence, isInHistory: result.isInHistory,
                isRevision: result.revises != nil))
    }

    /// Where the plan has a result's run; nil where there are too many.
    private mutating func place(ofRun result: CaseResult, end: Int64) -> Int? {
        let key = result.run
        if let lastRun, lastRun.key == key { return lastRun.place }
        if runPlaces[key] == nil {
            put(
                known(key)
                    ?? RunRecord(
                        RunChange(
                            key: key, service: result.service, environment: result.environment, start: end,
                            end: end), now: plan.decided))
        }
        guard let place = runPlaces[key] else { return nil }
        lastRun = (key, place)
        return place
    }

    /// What names a result's service, and its number where it is known.
    private mutating func service(of result: CaseResult) -> (key: ServiceTable.Key, number: Int32?) {
        let (service, environment) = (result.service, result.environment)
        if let last = lastService, ExactText(last.service) == ExactText(service),
            ExactText(last.environment) == ExactText(environment)
        {
            return (last.key, last.number)
        }
        let key = history.services.key(service: service, environment: environment)
        let number = history.services.known(key)
        lastService = (service, environment, key, number)
        return (key, number)
    }

    /// The number of a result's test; nil where there are too many.
    ///
    /// - Parameter place: where the plan has the result's run.
    private mutating func test(
        of result: CaseResult, _ outcome: CaseOutcome, isTracked: Bool, _ place: Int
    ) -> Int32? {
        let (service, serviceNumber) = service(of: result)
        let known = serviceNumber.flatMap {
            history.tests.number(of: TestTable.Key(service: $0, name: ExactText(result.test)))
        }
        if let known, isNoted(known, service, result, outcome, isTracked: isTracked, place) { return known }
        let run = plan.runs[place].slot
        let name = PlannedName(service: service, text: ExactText(result.test))
        var description =
            testPlaces[name].map { plan.tests[$0].description } ?? known.map { history.description(of: $0) }
            ?? TestDescription(
                service: result.service, test: result.test, environment: result.environment)
        let before = description
        let last = known.flatMap { history.tests.results[Int($0)].last }
        if isNewest(run, last) {
            description.environment = result.environment
            description.suite = result.suite
            description.file = result.file
            description.skill = result.trial?.skill
        }
        let number: Int32
        if let known {
            number = known
        } else if let place = testPlaces[name] {
            number = plan.tests[place].number
        } else if testCount < history.options.testCountMax {
            number = newTestNumber()
        } else {
            return nil
        }
        if result.isInHistory, outcome != .skipped, isTracked {
            let isBad = outcome == .failed || outcome == .error
            if isBad, !(lastBad[number] ?? known.map { history.isFailing($0) } ?? false) {
                let record = plan.runs[place].record
                description.streak = StreakBegin(revision: record.revision, start: record.start)
            }
            lastBad[number] = isBad
        }
        if known == nil || description != before {
            if let place = testPlaces[name] {
                plan.tests[place].description = description
            } else {
                add(.init(number: number, description: description), name)
            }
        }
        return number
    }

    private mutating func add(_ test: LedgerPlan.PlannedTest, _ name: PlannedName) {
        testPlaces[name] = plan.tests.count
        numberedPlaces[test.number] = plan.tests.count
        plan.tests.append(test)
    }

    /// Notes a result of a known test of which nothing is new but perhaps a streak of failures; false, and nothing
    /// noted, where something else is.
    private mutating func isNoted(
        _ number: Int32, _ service: ServiceTable.Key, _ result: CaseResult, _ outcome: CaseOutcome,
        isTracked: Bool, _ place: Int
    ) -> Bool {
        let wasBad = lastBad[number]
        let isAsDescribed = history.isAsDescribed(number, result)
        // A pass with no failure before it in the batch begins nothing.
        if isAsDescribed, wasBad == nil, outcome == .passed || outcome == .skipped { return true }
        let planned = numberedPlaces[number]
        if let planned {
            let isSame =
                plan.tests[planned].description.environment == result.environment
                && plan.tests[planned].description.suite == result.suite
                && plan.tests[planned].description.file == result.file
                && plan.tests[planned].description.skill == result.trial?.skill
            if !isSame { return false }
        } else if !isAsDescribed {
            return false
        }
        guard result.isInHistory, outcome != .skipped, isTracked else { return true }
        let isBad = outcome == .failed || outcome == .error
        lastBad[number] = isBad
        guard isBad, !(wasBad ?? history.isFailing(number)) else { return true }
        let streak = StreakBegin(
            revision: plan.runs[place].record.revision, start: plan.runs[place].record.start)
        if let planned {
            plan.tests[planned].description.streak = streak
        } else {
            var description = history.description(of: number)
            guard description.streak != streak else { return true }
            description.streak = streak
            add(
                .init(number: number, description: description),
                PlannedName(service: service, text: ExactText(result.test)))
        }
        return true
    }

    /// Whether no run is known to be newer.
    private func isNewest(_ run: Int32, _ last: ResultWord?) -> Bool {
        guard let last, Int(run) < history.runs.records.count, history.runs.records[Int(run)] != nil else {
            return true
        }
        return !history.runs.isBefore(Int(run), last.run)
    }

    private mutating func newTestNumber() -> Int32 {
        testCount += 1
        if let free = freeTests.popLast() { return free }
        defer { testEnd += 1 }
        return testEnd
    }
}

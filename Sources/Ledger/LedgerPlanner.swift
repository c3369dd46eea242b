internal import MetricModel

/// Makes a plan of a batch: gives numbers to what is new, as the history will when the plan is applied.
struct LedgerPlanner {
    /// Distinct patterns of a service that are label values.
    private static let labelledPatternCountMax = 50

    private let history: History
    private(set) var plan: LedgerPlan

    private var freeRuns: [Int32]
    private var freeTests: [Int32]
    private var freePatterns: [Int32]
    private var runEnd: Int32
    private var testEnd: Int32
    private var patternEnd: Int32
    private var testCount: Int
    private var runPlaces: [RunKey: Int] = [:]
    private var runKeys: [Int32: RunKey] = [:]
    private var testPlaces: [PlannedName: Int] = [:]
    private var patternPlaces: [PlannedName: Int] = [:]
    private var lastBad: [Int32: Bool] = [:]
    private var labelled: [String: Set<ExactText>] = [:]
    private var trials: TrialPlanner
    private var inputs: InputPlanner

    private struct PlannedName: Hashable {
        let service: ServiceTable.Key
        let text: ExactText
    }

    init(_ history: History, decided: Int64, _ words: InputWords) {
        self.history = history
        plan = LedgerPlan(decided: decided)
        freeRuns = history.runs.free
        freeTests = history.tests.free
        freePatterns = history.patterns.free
        runEnd = Int32(history.runs.records.count)
        testEnd = Int32(history.tests.endNumber)
        patternEnd = Int32(history.patterns.entries.count)
        testCount = history.tests.count
        trials = TrialPlanner(history.trials, history.edits)
        inputs = InputPlanner(history.inputs, words, decided: decided)
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
        plan.patternLabels.append(label(of: result, outcome))
        let end = min(result.end, plan.decided)
        var record =
            known(result.run)
            ?? RunRecord(
                RunChange(
                    key: result.run, service: result.service, environment: result.environment, start: end,
                    end: end), now: plan.decided)
        record.end = max(record.end, end)
        // What an experiment tries must not make a failure of the whole run.
        if result.isInHistory {
            if let revised = result.revises { record.counts.add(CaseOutcome(revised), -1) }
            record.counts.add(outcome)
        }
        put(record)
        trials.add(result, isTracked: history.runs.isTracked(record.branch), end: end)
        inputs.add(result, outcome, end: end)
        guard let place = runPlaces[result.run] else {
            plan.untrackedCount += 1
            return
        }
        let run = plan.runs[place].slot
        guard let test = test(of: result, outcome, in: record, run) else {
            plan.untrackedCount += 1
            return
        }
        let attempts = result.attempts.map { attempt in
            ChunkResult.Attempt(
                outcome: attempt.outcome, seconds: attempt.seconds,
                pattern: attempt.pattern.map { number(ofPattern: $0, result.service) } ?? -1)
        }
        if let pattern = result.pattern, outcome != .passed, outcome != .skipped {
            count(pattern, result.service)
        }
        plan.results.append(
            ChunkResult(
                test: test, run: run, outcome: outcome, attempts: attempts, seconds: result.seconds, end: end,
                worker: result.worker, occurrence: result.occurrence, isInHistory: result.isInHistory,
                isRevision: result.revises != nil))
    }

    /// The number of a result's test; nil where there are too many.
    private mutating func test(
        of result: CaseResult, _ outcome: CaseOutcome, in record: RunRecord, _ run: Int32
    ) -> Int32? {
        let service = history.services.key(service: result.service, environment: result.environment)
        let known = history.testNumber(service, result.test)
        if let known, outcome == .passed || outcome == .skipped, lastBad[known] == nil,
            history.isAsDescribed(known, result)
        {
            return known
        }
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
        if result.isInHistory, outcome != .skipped, history.runs.isTracked(record.branch) {
            let isBad = outcome == .failed || outcome == .error
            if isBad, !(lastBad[number] ?? known.map { history.isFailing($0) } ?? false) {
                description.streak = StreakBegin(revision: record.revision, start: record.start)
            }
            lastBad[number] = isBad
        }
        if known == nil || description != before {
            if let place = testPlaces[name] {
                plan.tests[place].description = description
            } else {
                testPlaces[name] = plan.tests.count
                plan.tests.append(.init(number: number, description: description))
            }
        }
        return number
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

    // MARK: Patterns

    private mutating func number(ofPattern text: String, _ service: String) -> Int32 {
        let place = place(ofPattern: text, service)
        plan.patterns[place].entry.last = plan.decided
        return plan.patterns[place].number
    }

    private mutating func count(_ text: String, _ service: String) {
        plan.patterns[place(ofPattern: text, service)].entry.count += 1
    }

    /// Where the plan has a pattern.
    private mutating func place(ofPattern text: String, _ service: String) -> Int {
        let name = PlannedName(
            service: ServiceTable.Key(service: service, environment: nil), text: ExactText(text))
        if let place = patternPlaces[name] { return place }
        let number: Int32
        let entry: PatternTable.Entry
        if let known = history.patterns.number(of: text, service: service),
            let old = history.patterns.entries[Int(known)]
        {
            (number, entry) = (known, old)
        } else if text != PatternTable.other, freePatterns.isEmpty, patternEnd >= PatternTable.countMax {
            return place(ofPattern: PatternTable.other, service)
        } else {
            number = freePatterns.popLast() ?? patternEnd
            if number == patternEnd { patternEnd += 1 }
            entry = PatternTable.Entry(service: service, text: text, count: 0, last: plan.decided)
        }
        patternPlaces[name] = plan.patterns.count
        plan.patterns.append(.init(number: number, entry: entry))
        return plan.patterns.count - 1
    }

    /// The first fifty patterns of a service are labels of their own, then the commonest fifty that the ledger knows.
    private mutating func label(of result: CaseResult, _ outcome: CaseOutcome) -> String? {
        guard let pattern = result.pattern, outcome != .passed, outcome != .skipped else { return nil }
        let service = result.service
        if labelled[service] == nil {
            labelled[service] = history.patterns.commonest(
                of: service, countMax: Self.labelledPatternCountMax)
        }
        if labelled[service]?.contains(ExactText(pattern)) == true { return pattern }
        guard labelled[service]?.count ?? 0 < Self.labelledPatternCountMax else { return PatternTable.other }
        labelled[service]?.insert(ExactText(pattern))
        return pattern
    }
}

internal import MetricModel
internal import Statistics

/// Plans what results change in experiments and skills.
struct TrialPlanner {
    /// A trial of the plan, whether it is new or known.
    struct PlannedTrial: Sendable, Equatable {
        var number: Int32
        var record: TrialRecord
    }

    struct PlannedCase: Sendable, Equatable {
        var trial: Int32
        var number: Int32
        var item: TrialCase
    }

    private let table: TrialTable
    private let edits: SkillEdits
    private(set) var trials: [PlannedTrial] = []
    private(set) var cases: [PlannedCase] = []
    private(set) var changes: [SkillChange] = []
    /// Results of what is beyond a limit.
    private(set) var untrackedCount = 0

    private var places: [TrialKey: Int] = [:]
    private var casePlaces: [CaseKey: Int] = [:]
    private var newCaseCounts: [Int32: Int] = [:]
    private var newCaseCount = 0
    private var newNumbers: Set<Int32> = []

    private struct CaseKey: Hashable {
        let trial: Int32
        let name: ExactText
    }

    init(_ table: TrialTable, _ edits: SkillEdits) {
        self.table = table
        self.edits = edits
    }

    /// Adds a result.
    ///
    /// - Parameters:
    ///   - isTracked: whether it is of a branch that counts.
    ///   - end: when it ended, not later than now.
    mutating func add(_ result: CaseResult, isTracked: Bool, end: Int64) {
        guard let trial = result.trial else { return }
        let change = PassChange(result)
        if let experiment = trial.experiment, let variant = trial.variant {
            if let place = place(.experiment, experiment, result),
                let version = arm(variant, of: place, isControl: result.isInHistory, end)
            {
                count(result, trial, change, place, version, end)
            } else {
                untrackedCount += 1
            }
        }
        // What is only tried is no change of production's skill.
        if let skill = trial.skill, let edition = trial.edition, isTracked, result.isInHistory {
            if let place = place(.skill, skill, result) {
                // What is older than both editions is nothing that is shown.
                if let version = self.edition(edition, of: place, result, end) {
                    count(result, trial, change, place, version, end)
                }
            } else {
                untrackedCount += 1
            }
        }
    }

    /// Where the plan has a trial; nil where there are too many.
    private mutating func place(_ kind: TrialKind, _ name: String, _ result: CaseResult) -> Int? {
        let key = TrialKey(
            kind: kind, service: ExactText(result.service), environment: ExactText(result.environment),
            name: ExactText(name))
        if let place = places[key] { return place }
        let planned: PlannedTrial
        if let number = table.number(of: key), let record = table.records[Int(number)] {
            planned = PlannedTrial(number: number, record: record)
        } else if let number = newNumber(kind) {
            planned = PlannedTrial(number: number, record: TrialRecord(key))
        } else {
            return nil
        }
        places[key] = trials.count
        trials.append(planned)
        return trials.count - 1
    }

    private mutating func newNumber(_ kind: TrialKind) -> Int32? {
        let planned = trials.count { newNumbers.contains($0.number) && $0.record.key.kind == kind }
        guard table.count(of: kind) + planned < HistoryOptions.trialCountMax(kind) else { return nil }
        var number: Int32 = 0
        while newNumbers.contains(number)
            || Int(number) < table.records.count && table.records[Int(number)] != nil
        {
            number += 1
        }
        newNumbers.insert(number)
        return number
    }

    /// The place of an arm among its experiment's; nil where there are too many.
    private mutating func arm(_ name: String, of place: Int, isControl: Bool, _ end: Int64) -> Int? {
        if let known = version(name, of: place) {
            trials[place].record.versions[known].isControl = isControl
            return known
        }
        guard trials[place].record.versions.count < HistoryOptions.armCountMax else { return nil }
        return newVersion(name, of: place, isControl: isControl, end)
    }

    /// The place of an edition among its skill's: 0 for the one before where there are two. Nil for what is older.
    private mutating func edition(_ name: String, of place: Int, _ result: CaseResult, _ end: Int64) -> Int? {
        let known = version(name, of: place)
        guard let current = trials[place].record.versions.last else {
            return newVersion(name, of: place, isControl: true, end)
        }
        if current.name == name { return known }
        // An older run may come late; it tells of no change.
        guard end > current.last, result.revises == nil else { return known }
        // Where a repository told of it, that was the change.
        if !edits.hasCounted(name, of: trials[place].record.key) {
            trials[place].record.tell(name, at: end)
            changes.append(
                SkillChange(
                    service: result.service, environment: result.environment,
                    skill: trials[place].record.key.name.text, end: end))
        }
        if let known {
            // Taken back: what is known of it stays.
            let version = trials[place].record.versions.remove(at: known)
            trials[place].record.versions.append(version)
            return trials[place].record.versions.count - 1
        }
        if trials[place].record.versions.count > 1 { trials[place].record.versions.removeFirst() }
        return newVersion(name, of: place, isControl: true, end)
    }

    private func version(_ name: String, of place: Int) -> Int? {
        let name = ExactText(name)
        return trials[place].record.versions.firstIndex { ExactText($0.name) == name }
    }

    private mutating func newVersion(_ name: String, of place: Int, isControl: Bool, _ end: Int64) -> Int {
        let serial = trials[place].record.nextSerial
        trials[place].record.nextSerial += 1
        trials[place].record.versions.append(
            TrialVersion(serial: serial, name: name, isControl: isControl, end: end))
        return trials[place].record.versions.count - 1
    }

    private mutating func count(
        _ result: CaseResult, _ trial: CaseTrial, _ change: PassChange, _ place: Int, _ version: Int,
        _ end: Int64
    ) {
        trials[place].record.versions[version].first = min(
            trials[place].record.versions[version].first, end)
        trials[place].record.versions[version].last = max(trials[place].record.versions[version].last, end)
        trials[place].record.versions[version].count.apply(change)
        // What a correction took was said before, and what was skipped took nothing.
        if result.revises == nil, result.outcome != .skipped {
            trials[place].record.versions[version].cost.add(trial.cost)
            trials[place].record.versions[version].tokens.add(trial.tokens)
            trials[place].record.versions[version].latency.add(trial.latency ?? result.seconds)
        }
        guard change != PassChange.none else { return }
        let serial = trials[place].record.versions[version].serial
        guard let index = casePlace(result.test, trials[place].number) else { return }
        let serials = trials[place].record.versions.map(\.serial)
        cases[index].item.tallies.removeAll { !serials.contains($0.serial) }
        cases[index].item.add(change, serial)
    }

    /// Where the plan has a case; nil where there are too many: it then counts as one that ran once.
    private mutating func casePlace(_ name: String, _ trial: Int32) -> Int? {
        let key = CaseKey(trial: trial, name: ExactText(name))
        if let place = casePlaces[key] { return place }
        let isKnown = !newNumbers.contains(trial)
        let planned: PlannedCase
        if isKnown, let number = table.caseNumber(name, in: trial) {
            planned = PlannedCase(
                trial: trial, number: number, item: table.cases[Int(trial)][Int(number)])
        } else {
            let number = (isKnown ? table.caseCount(of: trial) : 0) + newCaseCounts[trial, default: 0]
            guard number < HistoryOptions.trialCaseCountMax,
                table.caseCount + newCaseCount < HistoryOptions.trialCaseCountInAllMax
            else { return nil }
            newCaseCounts[trial, default: 0] += 1
            newCaseCount += 1
            planned = PlannedCase(trial: trial, number: Int32(number), item: TrialCase(name: name))
        }
        casePlaces[key] = cases.count
        cases.append(planned)
        return cases.count - 1
    }
}

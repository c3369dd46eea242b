/// Experiments and skills by number, with what they say case by case.
struct TrialTable: Sendable {
    /// Nil where a number is free.
    private(set) var records: [TrialRecord?] = []
    /// For each trial its cases by number.
    private(set) var cases: [[TrialCase]] = []
    /// Worked out by the refresh; nil until then.
    var figures: [TrialFigures?] = []
    /// Trials that the next refresh works out anew.
    private(set) var dirty: Set<Int32> = []
    private var numbers: [TrialKey: Int32] = [:]
    private var caseNumbers: [[ExactText: Int32]] = []

    func number(of key: TrialKey) -> Int32? { numbers[key] }

    func caseNumber(_ name: String, in trial: Int32) -> Int32? {
        Int(trial) < caseNumbers.count ? caseNumbers[Int(trial)][ExactText(name)] : nil
    }

    /// Of all trials.
    private(set) var caseCount = 0

    func caseCount(of trial: Int32) -> Int { Int(trial) < cases.count ? cases[Int(trial)].count : 0 }

    func count(of kind: TrialKind) -> Int { records.count { $0?.key.kind == kind } }

    mutating func put(_ record: TrialRecord, at number: Int32) {
        reserve(Int(number))
        records[Int(number)] = record
        numbers[record.key] = number
        dirty.insert(number)
    }

    /// Puts a case; a number that is left out, because its row was damaged, stays nobody's.
    ///
    /// - Returns: false where its trial is not there, or has no such number.
    @discardableResult
    mutating func put(_ item: TrialCase, at number: Int32, in trial: Int32) -> Bool {
        let (index, place) = (Int(trial), Int(number))
        guard records.indices.contains(index), records[index] != nil,
            place < HistoryOptions.trialCaseCountMax
        else { return false }
        while cases[index].count <= place {
            cases[index].append(TrialCase(name: ""))
            caseCount += 1
        }
        cases[index][place] = item
        caseNumbers[index][ExactText(item.name)] = number
        dirty.insert(trial)
        return true
    }

    mutating func remove(_ number: Int32) {
        let index = Int(number)
        guard let record = records[index] else { return }
        numbers[record.key] = nil
        records[index] = nil
        caseCount -= cases[index].count
        cases[index] = []
        caseNumbers[index] = [:]
        figures[index] = nil
        dirty.remove(number)
    }

    /// The trials that have to be worked out anew, no longer marked.
    mutating func takeDirty() -> [Int32] {
        defer { dirty = [] }
        return dirty.sorted()
    }

    private mutating func reserve(_ index: Int) {
        while records.count <= index {
            records.append(nil)
            cases.append([])
            caseNumbers.append([:])
            figures.append(nil)
        }
    }
}

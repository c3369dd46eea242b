internal import MetricModel
internal import Statistics

/// What is compared with itself: an experiment by its arms, a skill before and after a change.
enum TrialKind: UInt8, Sendable, CaseIterable {
    case experiment, skill
}

/// Which experiment or skill.
struct TrialKey: Hashable, Sendable {
    let kind: TrialKind
    let service: ExactText
    let environment: ExactText
    let name: ExactText
}

/// What is counted of an experiment or of a skill.
struct TrialRecord: Sendable, Equatable {
    let key: TrialKey
    /// Arms in the order they came; of a skill the edition before, and the current one last.
    var versions: [TrialVersion] = []
    /// The serial of the next version; none is given out twice.
    var nextSerial: Int32 = 0
    /// How often a skill came in another edition.
    var changeCount = 0
    /// When it did so last, in milliseconds since 1970; 0 for never.
    var lastChange: Int64 = 0

    /// Changes that cases told of and no repository yet, oldest first.
    var told: [ToldChange] = []

    init(_ key: TrialKey) { self.key = key }

    /// Notes a change that cases told of.
    mutating func tell(_ edition: String, at end: Int64) {
        changeCount += 1
        lastChange = end
        told.append(ToldChange(edition: edition, end: end))
        if told.count > Self.toldCountMax { told.removeFirst() }
    }

    /// Notes a change that a repository tells of.
    ///
    /// - Returns: whether it is news: no case told of it before.
    mutating func hear(_ edit: SkillEdit, at time: Int64) -> Bool {
        let place = told.firstIndex {
            edit.isEdition($0.edition) && $0.end >= time - Self.skewMax
        }
        if let place {
            // Cases said when they ended, the repository says when it was.
            if lastChange == told[place].end { lastChange = min(lastChange, time) }
            told.remove(at: place)
            return false
        }
        changeCount += 1
        lastChange = max(lastChange, time)
        return true
    }

    /// More than anybody changes between two looks into a repository.
    private static let toldCountMax = 16
    /// No case runs with what is not committed yet, but clocks differ; in milliseconds.
    private static let skewMax: Int64 = 60_000

    var first: Int64 { versions.map(\.first).min() ?? 0 }
    var last: Int64 { max(lastChange, versions.map(\.last).max() ?? 0) }
}

/// A change of a skill that cases told of.
struct ToldChange: Sendable, Equatable {
    let edition: String
    /// When the first case ended that ran with it, in milliseconds since 1970.
    let end: Int64
}

/// What is counted of an arm, or of an edition.
struct TrialVersion: Sendable, Equatable {
    let serial: Int32
    let name: String
    /// Whether its results are production's own, so that the others are held against it.
    var isControl: Bool
    /// When its cases ended, in milliseconds since 1970.
    var first: Int64
    var last: Int64
    var count = PassCount(0, of: 0)
    var cost = TrialSum()
    var tokens = TrialSum()
    var latency = LogHistogram()

    init(serial: Int32, name: String, isControl: Bool, end: Int64) {
        self.serial = serial
        self.name = name
        self.isControl = isControl
        first = end
        last = end
    }
}

/// An amount of those cases that said one.
struct TrialSum: BitwiseCopyable, Sendable, Equatable {
    var total = 0.0
    var count = 0

    mutating func add(_ amount: Double?) {
        guard let amount else { return }
        total += amount
        count += 1
    }

    /// Nil of none.
    var mean: Double? { count > 0 ? total / Double(count) : nil }
}

/// What the versions say of one case.
struct TrialCase: Sendable, Equatable {
    struct Tally: Sendable, Equatable {
        var serial: Int32
        var count: PassCount
    }

    /// The test's full id.
    let name: String
    var tallies: [Tally] = []

    /// What a version says; nothing where it never ran the case.
    func count(_ serial: Int32) -> PassCount {
        tallies.first { $0.serial == serial }?.count ?? PassCount(0, of: 0)
    }

    mutating func add(_ change: PassChange, _ serial: Int32) {
        if let place = tallies.firstIndex(where: { $0.serial == serial }) {
            tallies[place].count.apply(change)
        } else {
            var count = PassCount(0, of: 0)
            count.apply(change)
            tallies.append(Tally(serial: serial, count: count))
        }
    }
}

/// What a result adds to counts, or corrects.
struct PassChange: Sendable, Equatable {
    static let none = PassChange()

    private(set) var passed = 0
    private(set) var total = 0

    private init() {}

    /// Of a result in place of the one that it revises; skipped ones count nowhere.
    init(_ result: CaseResult) {
        add(result.outcome, 1)
        if let revised = result.revises { add(CaseOutcome(revised), -1) }
    }

    private mutating func add(_ outcome: CaseOutcome, _ count: Int) {
        switch outcome {
        case .passed, .flaky:
            passed += count
            total += count
        case .failed, .error: total += count
        case .skipped: break
        }
    }
}

extension PassCount {
    /// Never below nothing: a correction may come to a version that was forgotten and is there again.
    mutating func apply(_ change: PassChange) {
        let total = max(0, total + change.total)
        self = PassCount(min(max(0, passed + change.passed), total), of: total)
    }
}

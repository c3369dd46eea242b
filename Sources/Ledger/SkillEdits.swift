internal import Bytes
internal import MetricModel

/// A change in a repository as the ledger keeps it.
struct KeptEdit: Sendable, Equatable {
    /// Whose change it is.
    struct Owner: Sendable, Equatable {
        let service: String
        let environment: String
    }

    /// Grows with time; none is given out twice.
    let number: Int64
    /// In memory without its diff, unless that is asked for.
    var edit: SkillEdit
    /// For whom it was counted; nobody where it is older than the first look, or changed nothing.
    var counted: [Owner] = []
    /// Whether nobody sent spans of the skill then, so that `counted` is who stands in for them.
    var isUnowned = false
}

/// What repositories said of skills, oldest first, and how far they were read.
struct SkillEdits: Sendable {
    private(set) var place: SkillPlace?
    private(set) var edits: [KeptEdit] = []

    /// Changes of one file; the oldest leave.
    static let editCountMax = 50
    /// Changes in all; the oldest leave that are not their file's last.
    static let totalCountMax = 5_000

    /// How far `source` was read.
    func place(of source: String) -> SkillPlace {
        guard let place, place.source == source else { return SkillPlace(source: source) }
        return place
    }

    var nextNumber: Int64 { (edits.last?.number ?? 0) + 1 }

    /// Whether a change to an edition of a skill was counted already when a repository told of it.
    func hasCounted(_ edition: String, of key: TrialKey) -> Bool {
        let owner = KeptEdit.Owner(service: key.service.text, environment: key.environment.text)
        return edits.contains { kept in
            (kept.isUnowned || kept.counted.contains(owner)) && kept.edit.skill == key.name.text
                && kept.edit.isEdition(edition)
        }
    }

    /// The skills whose files the repository has as of the last look.
    var present: Set<String> {
        Set(place?.files.values.lazy.filter { $0.blob != nil }.map(\.skill) ?? [])
    }

    /// When a skill was changed last, by name; in milliseconds since 1970.
    var lastChanges: [String: Int64] {
        var times: [String: Int64] = [:]
        for kept in edits where kept.edit.kind == .changed {
            times[kept.edit.skill] = max(times[kept.edit.skill] ?? 0, kept.edit.time)
        }
        return times
    }

    /// The row of the place, or of a change.
    mutating func load(_ number: Int64, _ bytes: RawSpan, hasDiff: Bool) throws(ByteReaderError) {
        if number == 0 {
            place = try SkillPlace(kept: bytes)
            return
        }
        var kept = try KeptEdit(number, bytes)
        if !hasDiff { kept.edit.diff = "" }
        add(kept)
    }

    private mutating func add(_ kept: KeptEdit) {
        edits.append(kept)
        place?.add(kept.edit)
    }

    mutating func apply(_ plan: PlannedEdits, hasDiff: Bool) {
        let gone = Set(plan.removed)
        if !gone.isEmpty { edits.removeAll { gone.contains($0.number) } }
        if place?.source != plan.source { place = SkillPlace(source: plan.source) }
        for var kept in plan.edits {
            if !hasDiff { kept.edit.diff = "" }
            add(kept)
        }
        place?.head = plan.head
    }

    /// Which changes leave when `new` come.
    func overflow(_ new: [KeptEdit]) -> [Int64] {
        let all = edits + new
        var counts: [String: Int] = [:]
        var excess = all.count - Self.totalCountMax
        var removed: [Int64] = []
        for kept in all { counts[kept.edit.path, default: 0] += 1 }
        for kept in edits {
            let count = counts[kept.edit.path] ?? 0
            guard count > Self.editCountMax || excess > 0 && count > 1 else { continue }
            removed.append(kept.number)
            counts[kept.edit.path] = count - 1
            excess -= 1
        }
        return removed
    }
}

/// What a look into a repository changes.
struct PlannedEdits: Sendable, Equatable {
    let source: String
    let head: String
    var edits: [KeptEdit] = []
    var removed: [Int64] = []
}

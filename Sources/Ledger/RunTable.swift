internal import MetricModel

/// The runs that the ledger has, by slot; parts know their roots.
struct RunTable: Sendable {
    /// Nil where a slot is free.
    private(set) var records: [RunRecord?] = []
    private(set) var facts: [RunFacts] = []
    /// Results of a root with those of its parts.
    private(set) var totals: [CaseCounts] = []
    /// Runs whose tests have to be looked at again.
    private(set) var marks: [Bool] = []
    private(set) var hasMarks = false
    /// Free slots, the next one last.
    private(set) var free: [Int32] = []
    /// Slots of forgotten runs that results may still name.
    private(set) var retired: [Int32] = []
    private(set) var revisions = TextTable()

    private var slots: [RunKey: Int32] = [:]
    private var partCounts: [Int32] = []
    private var hasLoaded = false
    private let branches: Set<String>

    init(branches: [String]) {
        self.branches = Set(branches)
    }

    func slot(of key: RunKey) -> Int32? { slots[key] }

    /// Whether a run of such a branch counts for windows and states.
    func isTracked(_ branch: String?) -> Bool { branch.map(branches.contains) ?? true }

    /// What stands in the label `branch`.
    func label(ofBranch branch: String?) -> String {
        guard let branch else { return "none" }
        return branches.contains(branch) ? branch : "other"
    }

    /// Whether run `left` comes before `right`: by sequence where both have one, else by start.
    func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (facts[left], facts[right])
        if left.root == right.root { return false }
        if left.sequence != right.sequence, left.sequence != .min, right.sequence != .min {
            return left.sequence < right.sequence
        }
        return left.start != right.start ? left.start < right.start : left.root < right.root
    }

    /// Puts a run into its slot, which is free, its own, or the next one.
    mutating func put(_ record: RunRecord, at slot: Int32, service: Int32) {
        let index = Int(slot)
        let isNext = index >= records.count
        reserve(index)
        let old = records[index]
        if old == nil, !isNext, let place = free.lastIndex(of: slot) { free.remove(at: place) }
        slots[record.key] = slot
        let oldRoot = facts[index].root
        if let old { totals[Int(oldRoot)] -= old.counts }
        records[index] = record
        facts[index].service = service
        guard old == nil || old?.root == record.root else { return relink() }
        let root = old == nil ? self.root(of: slot) : oldRoot
        facts[index].root = root
        if old == nil, root != slot { partCounts[Int(root)] += 1 }
        let wasInfrastructureFailure = facts[Int(root)].isInfrastructureFailure
        totals[Int(root)] += record.counts
        update(index)
        if totals[Int(root)].isInfrastructureFailure != wasInfrastructureFailure { update(Int(root)) }
        let hasParts = partCounts[Int(root)] > 0
        if hasParts, root == slot || facts[Int(root)].isInfrastructureFailure != wasInfrastructureFailure {
            for part in facts.indices where facts[part].isInUse && facts[part].root == root { update(part) }
        }
    }

    /// Puts a run into its slot while rows are read; links come when all are there.
    mutating func load(_ record: RunRecord, at slot: Int32, service: Int32) {
        let isNext = Int(slot) >= records.count
        reserve(Int(slot))
        if !isNext, let place = free.lastIndex(of: slot) { free.remove(at: place) }
        slots[record.key] = slot
        records[Int(slot)] = record
        facts[Int(slot)].service = service
        hasLoaded = true
    }

    /// Links what was loaded; costs nothing a second time.
    mutating func finishLoading() {
        guard hasLoaded else { return }
        hasLoaded = false
        relink()
        clearMarks()
    }

    /// Forgets runs; their slots stay taken as long as results name them.
    mutating func retire(_ gone: [Int32]) {
        for slot in gone {
            guard let record = records[Int(slot)] else { continue }
            let root = facts[Int(slot)].root
            totals[Int(root)] -= record.counts
            if root != slot { partCounts[Int(root)] -= 1 }
            slots[record.key] = nil
            records[Int(slot)] = nil
            facts[Int(slot)].isInUse = false
            retired.append(slot)
        }
    }

    /// Frees slots of retired runs that no result names any more.
    mutating func free(_ slots: [Int32]) {
        let gone = Set(slots)
        retired.removeAll { gone.contains($0) }
        for slot in slots {
            facts[Int(slot)] = RunFacts(root: slot)
            marks[Int(slot)] = false
        }
        free += slots
        // So that the revisions of runs that are gone do not take memory for ever.
        revisions = TextTable()
        for (index, record) in records.enumerated() {
            guard let record else { continue }
            let top = records[Int(facts[index].root)] ?? record
            facts[index].revision = revisions.number(record.revision ?? top.revision)
        }
    }

    /// The next refresh looks at the tests of a run.
    mutating func mark(_ slot: Int) {
        marks[slot] = true
        hasMarks = true
    }

    mutating func clearMarks() {
        guard hasMarks else { return }
        for index in marks.indices { marks[index] = false }
        hasMarks = false
    }

    private mutating func reserve(_ index: Int) {
        while records.count <= index {
            let slot = Int32(records.count)
            records.append(nil)
            facts.append(RunFacts(root: slot))
            totals.append(CaseCounts())
            marks.append(false)
            partCounts.append(0)
            if slot < index { free.append(slot) }
        }
    }

    /// Works out anew which run is a part of which.
    private mutating func relink() {
        for index in records.indices {
            totals[index] = CaseCounts()
            partCounts[index] = 0
        }
        var roots = facts.map(\.root)
        for index in records.indices {
            guard let record = records[index] else { continue }
            let root = root(of: Int32(index))
            roots[index] = root
            totals[Int(root)] += record.counts
            if Int(root) != index { partCounts[Int(root)] += 1 }
        }
        for index in records.indices where records[index] != nil { update(index, root: roots[index]) }
    }

    private func root(of slot: Int32) -> Int32 {
        var slot = slot
        // A run, a worker, a suite: more levels are a mistake, and so is a circle.
        for _ in 0..<8 {
            guard let record = records[Int(slot)], record.root >= 0, record.root != slot,
                records.indices.contains(Int(record.root)), records[Int(record.root)] != nil
            else { break }
            slot = record.root
        }
        return slot
    }

    /// Works out the facts of a run anew, and marks it where its tests must know.
    private mutating func update(_ index: Int, root: Int32? = nil) {
        guard let record = records[index] else { return }
        let root = root ?? facts[index].root
        let top = records[Int(root)] ?? record
        let new = RunFacts(
            end: record.end, start: top.start, sequence: top.sequence ?? record.sequence ?? .min,
            revision: revisions.number(record.revision ?? top.revision), root: root,
            service: facts[index].service, isTracked: isTracked(record.branch ?? top.branch),
            isInfrastructureFailure: totals[Int(root)].isInfrastructureFailure,
            hasEnded: top.ended != nil, isInUse: true)
        if facts[index].isInUse, facts[index].changesTests(new) { mark(index) }
        facts[index] = new
    }
}

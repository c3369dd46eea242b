import MetricModel

/// A decision while it is made.
struct Decision {
    let view: RunView
    let now: Int64
    let touched: Set<UInt64>
    let mode: DueMode
    let resultCountMax: Int
    var batch: OutcomeBatch
    /// Slots of cases that were looked at.
    private(set) var seen: SlotSet
    /// By node: seconds of results in the batch that do not name their worker.
    var busySeconds: [Int: Double] = [:]
    private var occurrences: [Folds.TestKey: Int] = [:]
    /// Results of the batch by run.
    private var counts: [(run: RunKey, all: Int, bad: Int)] = []
    private var countPlaces: [RunKey: Int] = [:]
    /// Slots of cases that have a result in the batch.
    private var settled: SlotSet
    /// Nodes of cases that wait.
    private var waiting: Set<Int> = []
    private var siblings: [Int: [Int: Int]] = [:]

    /// - Parameter slotCount: that of the cases.
    init(
        view: RunView, now: Int64, touched: Set<UInt64>, mode: DueMode, resultCountMax: Int, slotCount: Int
    ) {
        self.view = view
        self.now = now
        self.touched = touched
        self.mode = mode
        self.resultCountMax = resultCountMax
        seen = SlotSet(slotCount: slotCount)
        settled = seen
        batch = OutcomeBatch(decided: now)
    }

    /// Adds a result.
    ///
    /// - Parameters:
    ///   - isNamed: whether the case's own span names its worker.
    ///   - node: the slot of the node above it.
    mutating func add(_ result: CaseResult, isNamed: Bool, node: Int?) {
        batch.results.append(result)
        guard result.revises == nil else { return }
        let outcome = result.outcome
        let place = countPlace(of: result.run)
        counts[place].all += 1
        if outcome == .failed || outcome == .error { counts[place].bad += 1 }
        if isNamed, let name = result.worker {
            share(result, name)
        } else if let node {
            busySeconds[node, default: 0] += result.busySeconds
        }
    }

    /// Where the results of a run are counted; mostly it is the one of before.
    private mutating func countPlace(of run: RunKey) -> Int {
        if let last = counts.last, last.run == run { return counts.count - 1 }
        if let known = countPlaces[run] { return known }
        counts.append((run, 0, 0))
        countPlaces[run] = counts.count - 1
        return counts.count - 1
    }

    /// The runs that results of the batch name.
    var runs: Set<RunKey> {
        var runs = Set(countPlaces.keys)
        // Corrections are not counted.
        for result in batch.results where result.revises != nil { runs.insert(result.run) }
        return runs
    }

    private mutating func share(_ result: CaseResult, _ name: String) {
        let (run, service, environment) = (result.run, result.service, result.environment)
        for index in batch.workers.indices
        where batch.workers[index].name == name && batch.workers[index].run == run
            && batch.workers[index].service == service && batch.workers[index].environment == environment
        {
            batch.workers[index].busySeconds += result.busySeconds
            return
        }
        batch.workers.append(
            WorkerShare(
                run: run, service: service, environment: environment, name: name,
                busySeconds: result.busySeconds))
    }

    /// The number of a result among those of its test in its run.
    mutating func occurrence(of key: Folds.TestKey, _ known: [Folds.TestKey: Int]) -> Int {
        Self.next(&occurrences[key, default: -1]) { known[key] ?? 0 }
    }

    /// Counts on from a number, or from the first where it is −1.
    private static func next(_ number: inout Int, first: () -> Int) -> Int {
        let current = number < 0 ? first() : number
        number = current + 1
        return current
    }

    /// Notes the runs whose cases wait, once all open cases were looked at.
    mutating func findRest(_ open: SlotList, _ cases: Slab<FoldCase>) {
        for slot in open where !cases[slot].isClosed && cases[slot].node >= 0 && !settled.contains(slot) {
            waiting.insert(cases[slot].node)
        }
    }

    /// Notes the cases that a result is made of.
    mutating func settle(_ slots: [Int]) {
        for slot in slots { settle(slot) }
    }

    /// Notes the only case that a result is made of.
    mutating func settle(_ slot: Int) {
        seen.insert(slot)
        settled.insert(slot)
    }

    /// Notes cases that were looked at.
    mutating func see(_ slots: [Int]) {
        for slot in slots { seen.insert(slot) }
    }

    /// Whether cases below these nodes wait for their results.
    func isWaiting(in nodes: [Int]) -> Bool { batch.hasMore || nodes.contains { waiting.contains($0) } }

    /// The results of a run, those of the batch included.
    func counts(of members: [Int], _ nodes: Slab<RunNode>) -> (all: Int, bad: Int) {
        members.reduce((0, 0)) { sum, slot in
            let place = countPlaces[nodes[slot].key]
            let new = place.map { (all: counts[$0].all, bad: counts[$0].bad) } ?? (all: 0, bad: 0)
            return (sum.0 + nodes[slot].caseCount + new.all, sum.1 + nodes[slot].badCount + new.bad)
        }
    }

    /// Orders the cases below a node by their starts.
    mutating func findSiblings(of node: Int, _ cases: Slab<FoldCase>) {
        guard siblings.isEmpty else { return }
        var byNode: [Int: [Int]] = [:]
        for slot in 0..<cases.slotCount {
            guard cases.contains(slot), cases[slot].node >= 0 else { continue }
            byNode[cases[slot].node, default: []].append(slot)
        }
        for (node, slots) in byNode {
            let sorted = slots.sorted {
                (cases[$0].start, cases[$0].key.span) < (cases[$1].start, cases[$1].key.span)
            }
            siblings[node] = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
        }
    }

    /// Whether no other case below the node began between the two.
    func areSiblings(_ first: Int, _ second: Int, in node: Int) -> Bool {
        guard let order = siblings[node], let a = order[first], let b = order[second] else { return false }
        return b == a + 1
    }
}

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
    var seen: Set<Int> = []
    /// By node: seconds of results in the batch that do not name their worker.
    var busySeconds: [Int: Double] = [:]
    private var occurrences: [Folds.TestKey: Int] = [:]
    private var counts: [RunKey: (all: Int, bad: Int)] = [:]
    /// Slots of cases that have a result in the batch.
    private var settled: Set<Int> = []
    /// Nodes of cases that wait.
    private var waiting: Set<Int> = []
    private var siblings: [Int: [Int: Int]] = [:]

    init(view: RunView, now: Int64, touched: Set<UInt64>, mode: DueMode, resultCountMax: Int) {
        self.view = view
        self.now = now
        self.touched = touched
        self.mode = mode
        self.resultCountMax = resultCountMax
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
        let count = counts[result.run] ?? (0, 0)
        let isBad = result.outcome == .failed || result.outcome == .error
        counts[result.run] = (count.all + 1, count.bad + (isBad ? 1 : 0))
        if isNamed, let name = result.worker {
            share(result, name)
        } else if let node {
            busySeconds[node, default: 0] += result.busySeconds
        }
    }

    private mutating func share(_ result: CaseResult, _ name: String) {
        let known = batch.workers.firstIndex {
            $0.run == result.run && $0.name == name && $0.service == result.service
                && $0.environment == result.environment
        }
        if let known {
            batch.workers[known].busySeconds += result.busySeconds
        } else {
            batch.workers.append(
                WorkerShare(
                    run: result.run, service: result.service, environment: result.environment, name: name,
                    busySeconds: result.busySeconds))
        }
    }

    /// The number of a result among those of its test in its run.
    mutating func occurrence(of result: CaseResult, _ known: [Folds.TestKey: Int]) -> Int {
        let key = Folds.TestKey(run: result.run, test: result.test)
        let number = occurrences[key] ?? known[key] ?? 0
        occurrences[key] = number + 1
        return number
    }

    /// Notes the runs whose cases wait, once all open cases were looked at.
    mutating func findRest(_ open: SlotList, _ cases: Slab<FoldCase>) {
        for slot in open where !cases[slot].isClosed && cases[slot].node >= 0 && !settled.contains(slot) {
            waiting.insert(cases[slot].node)
        }
    }

    /// Notes the cases that a result is made of.
    mutating func settle(_ slots: [Int]) {
        seen.formUnion(slots)
        settled.formUnion(slots)
    }

    /// Whether cases below these nodes wait for their results.
    func isWaiting(in nodes: [Int]) -> Bool { batch.hasMore || nodes.contains { waiting.contains($0) } }

    /// The results of a run, those of the batch included.
    func counts(of members: [Int], _ nodes: Slab<RunNode>) -> (all: Int, bad: Int) {
        members.reduce((0, 0)) { sum, slot in
            let new = counts[nodes[slot].key] ?? (0, 0)
            return (sum.0 + nodes[slot].caseCount + new.all, sum.1 + nodes[slot].badCount + new.bad)
        }
    }

    /// Orders the cases below a node by their starts.
    mutating func findSiblings(of node: Int, _ cases: Slab<FoldCase>) {
        guard siblings.isEmpty else { return }
        var byNode: [Int: [Int]] = [:]
        for slot in 0..<cases.slotCount {
            if let item = cases.elements[slot], item.node >= 0 { byNode[item.node, default: []].append(slot) }
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

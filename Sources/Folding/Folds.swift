package import MetricModel
package import Packs

/// Open cases and runs of tests: takes in what spans say and tells what became of it.
///
/// A value without a clock: time comes with what is applied, so that applying a journal again gives the same
/// state. `due` decides and changes nothing; a decision takes effect by `close`, once it is kept.
package struct Folds: Sendable {
    /// The cases of one test below one node, in the order of their starts.
    struct GroupKey: Hashable, Sendable {
        let node: Int
        let test: String
    }

    /// A test in a run.
    struct TestKey: Hashable, Sendable {
        let run: RunKey
        let test: String
    }

    /// A fold in a trace.
    struct TraceKey: Hashable, Sendable {
        let fold: Int
        let trace: UInt64
        let traceLow: UInt64
    }

    /// What names a run by its key, and the slot of its node.
    struct KnownRun: Sendable {
        let fold: Int
        let service: String
        let key: String
        let slot: Int
    }

    let descriptions: [FoldDescription]
    /// By the numbers of folds.
    let traits: [FoldTraits]
    let numbers: [String: Int]
    package let limits: FoldLimits

    var cases = Slab(blank: FoldCase(key: SpanKey(trace: 0, traceLow: 0, span: 0), fold: 0))
    var nodes = Slab(
        blank: RunNode(
            key: RunKey(bytes: []), fold: 0, kind: .key, span: SpanKey(trace: 0, traceLow: 0, span: 0)))

    // All below follows from cases and nodes.
    var caseSlots: [SpanKey: Int] = [:]
    var nodeSlots: [RunKey: Int] = [:]
    var nodesByTrace: [TraceKey: [Int]] = [:]
    var groups: [GroupKey: [Int]] = [:]
    var occurrences: [TestKey: Int] = [:]
    /// Cases of folds that decide at once; they are in no other list.
    var ready = CaseQueue()
    /// Slots of cases with a result to give, in the order they came.
    var open = SlotList()
    /// Slots of cases whose result was given, in that order.
    var closed = SlotList()
    /// The run that a key was last found to name: most spans of a batch are of one.
    var lastRun: KnownRun?
    /// When ended runs were last forgotten, in milliseconds since 1970.
    var lastForgotten: Int64 = 0

    /// Cases that were resolved early because too many were open.
    package internal(set) var resolvedEarlyCount = 0
    /// Cases whose own span never came.
    package internal(set) var orphanCount = 0
    /// Results that were corrected.
    package internal(set) var revisedCount = 0
    /// Spans of folds that no pack in force has.
    package internal(set) var unknownCount = 0

    /// - Parameters:
    ///   - descriptions: the folds in force, their names distinct.
    ///   - limits: how long it waits and how much it keeps.
    package init(_ descriptions: [FoldDescription], limits: FoldLimits = FoldLimits()) {
        self.descriptions = descriptions
        traits = descriptions.map { FoldTraits($0) }
        numbers = Dictionary(descriptions.enumerated().map { ($1.name, $0) }) { first, _ in first }
        self.limits = limits
    }

    /// Cases without a result.
    package var openCaseCount: Int { open.count + ready.count }

    /// Those of them that wait for nothing but a decision.
    package var readyCaseCount: Int { ready.count }

    /// Runs, workers and suites that are known.
    package var runCount: Int { nodes.count }

    /// What names the runs that are known, and their workers and suites.
    package var runKeys: [RunKey] { Array(nodeSlots.keys) }

    /// Says that a test has had `count` results in a run: what comes is numbered behind them.
    package mutating func expect(_ count: Int, of test: String, in run: RunKey) {
        let key = TestKey(run: run, test: test)
        occurrences[key] = max(occurrences[key] ?? 0, count)
    }

    /// A service's runs that have not ended, and their workers.
    package struct LiveService: Sendable, Equatable {
        package var service: String
        package var environment: String
        package var runCount: Int
        /// Workers that go on, and workers that are done.
        package var busyWorkerCount: Int
        package var idleWorkerCount: Int
        /// When the busy worker that has been silent for longest sent its last span, in milliseconds since 1970.
        package var oldestSpan: Int64?
    }

    /// What goes on, by service and environment; nothing for a while where all has ended.
    package var live: [LiveService] {
        var found: [[String]: LiveService] = [:]
        var seen: Set<Int> = []
        var working = SlotSet(slotCount: nodes.slotCount)
        for slot in 0..<cases.slotCount where cases.contains(slot) && cases[slot].node >= 0 {
            working.insert(cases[slot].node)
        }
        for slot in 0..<nodes.slotCount where nodes.contains(slot) {
            let top = top(of: slot)
            let key = [nodes[top].service, nodes[top].environment]
            var service =
                found[key]
                ?? LiveService(
                    service: key[0], environment: key[1], runCount: 0, busyWorkerCount: 0, idleWorkerCount: 0)
            let isLive = nodes[top].ended == nil
            if isLive, seen.insert(top).inserted { service.runCount += 1 }
            if isLive, working.contains(slot) || nodes[slot].hasCases {
                if nodes[slot].container == nil {
                    service.busyWorkerCount += 1
                    service.oldestSpan = min(service.oldestSpan ?? .max, nodes[slot].lastArrival)
                } else {
                    service.idleWorkerCount += 1
                }
            }
            found[key] = service
        }
        return found.values.sorted { ($0.service, $0.environment) < ($1.service, $1.environment) }
    }

    // MARK: Nodes

    /// The slot of the run that a node is of: the topmost span above it, come or not.
    func top(of slot: Int) -> Int {
        var slot = slot
        for _ in 0..<FoldLimits.depthMax {
            if let taker = nodes[slot].takenBy.flatMap({ nodeSlots[$0] }), taker != slot {
                slot = taker
            } else if let parent = nodes[slot].parent.flatMap({ nodeSlots[$0] }) {
                slot = parent
            } else {
                return slot
            }
        }
        return slot
    }

    /// The slots from a node up to its run's.
    func path(from slot: Int) -> [Int] {
        var path = [slot]
        while path.count < FoldLimits.depthMax {
            guard let parent = nodes[path[path.count - 1]].parent.flatMap({ nodeSlots[$0] }) else { break }
            path.append(parent)
        }
        return path
    }

    /// The slot of the node with this key, made if there is none.
    mutating func node(
        _ kind: RunNode.Kind, fold: Int, span: SpanKey, text: [UInt8] = [], sequence: UInt64
    ) -> Int {
        let key = runKey(kind, fold, span, text)
        if let known = nodeSlots[key] { return known }
        let slot = nodes.insert(
            RunNode(key: key, fold: fold, kind: kind, span: span), sequence: sequence)
        index(node: slot)
        return slot
    }

    mutating func index(node slot: Int) {
        let node = nodes[slot]
        nodeSlots[node.key] = slot
        if node.kind == .span {
            let trace = TraceKey(fold: node.fold, trace: node.span.trace, traceLow: node.span.traceLow)
            nodesByTrace[trace, default: []].append(slot)
        }
    }

    func runKey(_ kind: RunNode.Kind, _ fold: Int, _ span: SpanKey, _ text: [UInt8]) -> RunKey {
        var bytes = Array(descriptions[fold].name.utf8.prefix(64)) + [0, kind.rawValue]
        switch kind {
        case .span: for word in [span.trace, span.traceLow, span.span] { Self.append(word, to: &bytes) }
        case .trace: for word in [span.trace, span.traceLow] { Self.append(word, to: &bytes) }
        case .key: bytes += CaseID.text(text, byteCountMax: 180)
        }
        return RunKey(bytes: bytes)
    }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: word &>> UInt64(shift)))
        }
    }
}

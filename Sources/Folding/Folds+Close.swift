package import MetricModel
import Packs

extension Folds {
    /// Lets a decision take effect.
    ///
    /// - Parameters:
    ///   - batch: what `due` gave, as it was kept.
    ///   - sequence: the number of the journal entry that keeps it.
    package mutating func close(_ batch: OutcomeBatch, sequence: UInt64) {
        for result in batch.results { close(result, sequence) }
        for run in batch.runs { close(run, at: batch.decided, sequence) }
        for share in batch.workers { close(share, sequence) }
        boundClosedCases(sequence)
        forgetEnded(at: batch.decided, sequence)
    }

    private mutating func close(_ result: CaseResult, _ sequence: UInt64) {
        let key = TestKey(run: result.run, test: result.test)
        occurrences[key] = max(occurrences[key] ?? 0, result.occurrence + 1)
        let isNew = result.revises == nil
        if isNew, let run = nodeSlots[result.run], nodes[run].imageSequence < sequence {
            nodes[run].caseCount += 1
            if result.outcome == .failed || result.outcome == .error { nodes[run].badCount += 1 }
            nodes.mark(run, sequence)
        }
        guard let origin = result.origin,
            let first = caseSlots[SpanKey(trace: origin.trace, traceLow: origin.traceLow, span: origin.span)]
        else { return }
        if cases[first].node < 0, let run = nodeSlots[result.run] { cases[first].node = run }
        let node = cases[first].node
        if isNew, cases[first].texts[.worker] == nil, node >= 0, nodes[node].imageSequence < sequence {
            nodes[node].busySeconds += result.busySeconds
            nodes.mark(node, sequence)
        }
        guard cases[first].imageSequence < sequence else { return }
        if cases[first].own == nil, isNew { orphanCount += 1 }
        if !isNew { revisedCount += 1 }
        for slot in members(of: result, first: first) where cases[slot].imageSequence < sequence {
            open.remove(slot)
            closed.append(slot)
            cases[slot].isClosed = true
            cases[slot].isAltered = false
            cases[slot].given = nil
            cases.mark(slot, sequence)
        }
        cases[first].given = FoldCase.Given(
            run: result.run, test: result.test, occurrence: result.occurrence, attempts: result.attempts)
        if descriptions[cases[first].fold].isDecidedAtOnce { cases[first].forgetWords() }
    }

    /// The cases whose spans are the attempts of a result.
    private func members(of result: CaseResult, first: Int) -> [Int] {
        let item = cases[first]
        guard item.own != nil, !descriptions[item.fold].again.isEmpty, result.attempts.count > 1 else {
            return [first]
        }
        let group = groups[GroupKey(node: item.node, test: item.test)] ?? []
        guard let start = group.firstIndex(of: first) else { return [first] }
        return Array(group[start...].prefix(result.attempts.count))
    }

    private mutating func close(_ run: RunChange, at decided: Int64, _ sequence: UInt64) {
        guard let slot = nodeSlots[run.key], nodes[slot].imageSequence < sequence else { return }
        nodes[slot].isAnnounced = true
        nodes[slot].announcedRoot = run.root
        if let root = run.root, nodes[slot].container?.isPart != true { nodes[slot].takenBy = root }
        if run.root == nil, let ended = run.ended, nodes[slot].ended == nil {
            nodes[slot].ended = ended
            nodes[slot].endedAt = decided
        }
        nodes.mark(slot, sequence)
    }

    private mutating func close(_ share: WorkerShare, _ sequence: UInt64) {
        guard let root = nodeSlots[share.run] else { return }
        for slot in 0..<nodes.slotCount where nodes.elements[slot]?.busySeconds ?? 0 > 0 {
            guard nodes[slot].imageSequence < sequence, top(of: slot) == root,
                (worker(of: slot) ?? "main") == share.name
            else { continue }
            nodes[slot].busySeconds = 0
            nodes.mark(slot, sequence)
        }
    }

    // MARK: Forgetting

    private mutating func boundClosedCases(_ sequence: UInt64) {
        let excess = closed.count - limits.closedCaseCountMax
        guard excess > 0 else { return }
        for slot in Array(closed.prefix(excess)) where !cases[slot].isAltered { remove(case: slot, sequence) }
    }

    /// Forgets runs that ended long ago, with their results.
    mutating func forgetEnded(at now: Int64, _ sequence: UInt64) {
        guard now - lastForgotten >= 10_000 else { return }
        lastForgotten = now
        let kept = nodes.count > limits.openRunCountMax ? 0 : FoldLimits.keptTime
        var waiting: Set<Int> = []
        for slot in open {
            guard let node = cases.elements[slot]?.node, node >= 0, !waiting.contains(node) else { continue }
            waiting.formUnion(path(from: node))
            waiting.insert(top(of: node))
        }
        var forgotten: Set<Int> = []
        for slot in 0..<nodes.slotCount where nodes.elements[slot] != nil {
            let run = nodes[top(of: slot)]
            guard run.ended != nil, run.endedAt + kept < now, nodes[slot].lastArrival + kept < now,
                !waiting.contains(slot)
            else { continue }
            forgotten.insert(slot)
        }
        guard !forgotten.isEmpty else { return }
        for slot in 0..<cases.slotCount {
            if let item = cases.elements[slot], forgotten.contains(item.node) { remove(case: slot, sequence) }
        }
        let keys = Set(forgotten.map { nodes[$0].key })
        occurrences = occurrences.filter { !keys.contains($0.key.run) }
        for slot in forgotten { remove(node: slot, sequence) }
    }

    private mutating func remove(case slot: Int, _ sequence: UInt64) {
        let item = cases[slot]
        caseSlots[item.key] = nil
        open.remove(slot)
        closed.remove(slot)
        let key = GroupKey(node: item.node, test: item.test)
        groups[key]?.removeAll { $0 == slot }
        if groups[key]?.isEmpty == true { groups[key] = nil }
        cases.remove(slot, sequence: sequence)
    }

    private mutating func remove(node slot: Int, _ sequence: UInt64) {
        let node = nodes[slot]
        nodeSlots[node.key] = nil
        if node.kind == .span {
            let key = TraceKey(fold: node.fold, trace: node.span.trace, traceLow: node.span.traceLow)
            nodesByTrace[key]?.removeAll { $0 == slot }
            if nodesByTrace[key]?.isEmpty == true { nodesByTrace[key] = nil }
        }
        nodes.remove(slot, sequence: sequence)
    }
}

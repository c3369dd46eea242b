package import MetricModel
import Packs

extension Folds {
    /// What is due; changes nothing.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - touched: low words of the ids of traces that are not applied yet; what is of them waits.
    ///   - resultCountMax: the most results of one batch; `hasMore` says that more are due.
    ///   - mode: what counts as due.
    /// - Returns: nil where nothing is.
    package func due(
        at now: Int64, touched: Set<UInt64> = [], resultCountMax: Int, mode: DueMode
    ) -> OutcomeBatch? {
        if open.count == 0, nodes.count == 0 { return nil }
        let view = runs(at: now, touched, mode)
        var decision = Decision(
            view: view, now: now, touched: touched, mode: mode, resultCountMax: resultCountMax)
        for slot in open {
            guard decision.batch.results.count < resultCountMax else {
                decision.batch.hasMore = true
                break
            }
            decide(slot, &decision)
        }
        if !decision.batch.hasMore { decision.findRest(open, cases) }
        endRuns(&decision)
        return decision.batch.isEmpty ? nil : decision.batch
    }

    /// Decides the result that an open case is of, if it is due.
    private func decide(_ slot: Int, _ decision: inout Decision) {
        let item = cases[slot]
        let fold = descriptions[item.fold]
        guard !decision.seen.contains(slot) else { return }
        guard item.own != nil, !fold.again.isEmpty else {
            guard isDue(item, decision) else { return }
            return give([slot], &decision)
        }
        let key = GroupKey(node: item.node, test: item.test)
        guard groups[key]?.contains(slot) == true else {
            // Its test has run too often for it to be an attempt of something.
            if isDue(item, decision) { give([slot], &decision) }
            return
        }
        for result in split(key, &decision) {
            decision.seen.formUnion(result)
            // What came late may part attempts whose result was given as one.
            let isNew = result.allSatisfy { cases[$0].given == nil }
            let waiting = result.filter { isNew || cases[$0].isOpen }
            guard !waiting.isEmpty else { continue }
            let isFinal = result.last.map { cases[$0].isLast } ?? false
            let isDue =
                waiting.contains { cases[$0].isForced }
                || waiting.allSatisfy { self.isDue(cases[$0], decision, isLast: isFinal) }
            if isDue { give(result, &decision) }
        }
    }

    /// The cases of one test below one node, split into results.
    func split(_ key: GroupKey, _ decision: inout Decision) -> [[Int]] {
        let group = groups[key] ?? []
        guard let first = group.first else { return [] }
        let verdict = Verdict(fold: descriptions[cases[first].fold])
        if verdict.fold.isNext { decision.findSiblings(of: key.node, cases) }
        var results: [[Int]] = []
        for slot in group {
            guard let previous = results.last?.last,
                verdict.isAttempt(
                    cases[slot], behind: cases[previous],
                    isSibling: decision.areSiblings(previous, slot, in: key.node))
            else {
                results.append([slot])
                continue
            }
            results[results.count - 1].append(slot)
        }
        return results
    }

    private func isDue(_ item: FoldCase, _ decision: Decision, isLast: Bool = false) -> Bool {
        if decision.mode == .everything || item.isForced { return true }
        if decision.touched.contains(item.key.traceLow) { return false }
        let fold = descriptions[item.fold]
        let timeout = decision.mode == .drain || fold.isDecidedAtOnce ? 0 : limits.foldTimeout
        guard item.own != nil else {
            if let run = orphanRun(item), decision.view.isOver[decision.view.tops[run]] { return true }
            return decision.now >= item.lastArrival + limits.orphanTimeout
        }
        let arrival = item.isAltered ? item.lastArrival : item.ownArrival
        guard decision.now >= arrival + timeout else { return false }
        if fold.final == .test || isLast || item.isLast { return true }
        return decision.view.areCasesFinal[decision.view.tops[item.node]]
    }

    /// The node that a case belongs to whose own span never came: of its trace, and around its time.
    func orphanRun(_ item: FoldCase) -> Int? {
        if item.node >= 0 { return item.node }
        let key = TraceKey(fold: item.fold, trace: item.key.trace, traceLow: item.key.traceLow)
        // In an order that does not depend on what came first.
        let known = (nodesByTrace[key] ?? []).sorted { nodes[$0].span.span < nodes[$1].span.span }
        let around = known.filter {
            nodes[$0].container.map { !$0.isPart } == true && nodes[$0].start <= item.start
                && nodes[$0].end >= item.start
        }
        return around.first
            ?? known.first { nodes[$0].container == nil } ?? known.first { nodes[$0].parent != nil }
            ?? Self.keyText(item.texts).flatMap { nodeSlots[keyOfRun(item, $0)] }
    }

    private func keyOfRun(_ item: FoldCase, _ text: [UInt8]) -> RunKey {
        runKey(.key, item.fold, item.key, text)
    }

    /// Gives the result of some cases that are attempts of one, or of one case.
    private func give(_ slots: [Int], _ decision: inout Decision) {
        decision.settle(slots)
        let first = cases[slots[0]]
        let last = cases[slots[slots.count - 1]]
        let fold = descriptions[first.fold]
        let verdict = Verdict(fold: fold)
        let node = first.node >= 0 ? first.node : orphanRun(first)
        var result = CaseResult(
            run: node.map { nodes[decision.view.tops[$0]].key } ?? lostRun(first, &decision),
            service: last.service,
            environment: last.environment, test: first.test, suite: last.texts[.suite],
            file: last.texts[.file], attempts: [], end: 0, seconds: 0, busySeconds: 0,
            isInHistory: last.numbers[.history] != 0, isCounted: last.numbers[.counted] != 0,
            origin: first.key.origin
        )
        for slot in slots {
            let (attempts, seconds) = verdict.attempts(of: cases[slot])
            result.attempts += attempts
            result.seconds = seconds
            result.busySeconds += attempts.reduce(0) { $0 + $1.seconds }
        }
        result.trial = trial(of: slots)
        if let input = last.texts[.input] { result.input = InputSketch(input) }
        let arrival = last.own == nil ? last.lastArrival : last.ownArrival
        result.end = min(Int64(clamping: last.end / 1_000_000), arrival)
        if let path = fold.path, let node, let suite = suite(of: node, joinedBy: path) {
            result.suite = suite
        }
        if let qualifier = fold.qualifier, let suite = result.suite {
            result.test = CaseID.text(suite + qualifier + first.test, byteCountMax: limits.textByteCountMax)
        }
        result.worker = last.texts[.worker] ?? node.flatMap { worker(of: $0) }
        if let given = slots.lazy.compactMap({ cases[$0].given }).first {
            guard given.attempts != result.attempts else { return }
            result.run = given.run
            result.test = given.test
            result.occurrence = given.occurrence
            result.revises = given.attempts
        } else {
            result.occurrence = decision.occurrence(of: result, occurrences)
        }
        decision.add(result, isNamed: last.texts[.worker] != nil, node: node)
    }

    /// What is tried with the case of these attempts, as the last one says; all of them cost.
    private func trial(of slots: [Int]) -> CaseTrial? {
        let last = cases[slots[slots.count - 1]]
        var trial = CaseTrial()
        if let experiment = last.texts[.experiment], let variant = last.texts[.variant] {
            trial.experiment = experiment
            trial.variant = variant
        }
        if let skill = last.texts[.skill] {
            trial.skill = skill
            trial.edition = last.texts[.edition]
        }
        guard trial.experiment != nil || trial.skill != nil else { return nil }
        func said(_ field: FoldField, _ slot: Int) -> Double? {
            cases[slot].numbers[field].flatMap { $0 >= 0 && $0 < .infinity ? $0 : nil }
        }
        func sum(_ field: FoldField) -> Double? {
            let amounts = slots.compactMap { said(field, $0) }
            return amounts.isEmpty ? nil : amounts.reduce(0, +)
        }
        trial.cost = sum(.cost)
        trial.tokens = sum(.tokens)
        trial.latency = said(.latency, slots[slots.count - 1])
        return trial
    }

    /// The run of a case of which neither its span nor any above it came: nobody else tells of it.
    private func lostRun(_ item: FoldCase, _ decision: inout Decision) -> RunKey {
        let text = Self.keyText(item.texts)
        let key = runKey(text == nil ? .trace : .key, item.fold, item.key, text ?? [])
        let start = min(Int64(clamping: item.start / 1_000_000), item.lastArrival)
        let end = max(start, min(Int64(clamping: item.end / 1_000_000), item.lastArrival))
        if let known = decision.batch.runs.firstIndex(where: { $0.key == key }) {
            decision.batch.runs[known].start = min(start, decision.batch.runs[known].start)
            decision.batch.runs[known].end = max(end, decision.batch.runs[known].end)
            return key
        }
        var node = RunNode(key: key, fold: item.fold, kind: .key, span: item.key)
        node.take(item.texts, item.numbers)
        decision.batch.runs.append(
            RunChange(
                key: key, service: node.service, environment: node.environment, revision: node.revision,
                branch: node.branch, sequence: node.sequence, start: start, end: end,
                ended: .interrupted))
        return key
    }

    // MARK: Ends of runs

    private func endRuns(_ decision: inout Decision) {
        let named = Set(decision.batch.results.map(\.run))
        for (top, members) in decision.view.members.sorted(by: { $0.key < $1.key }) {
            let node = nodes[top]
            let isEnding = node.ended == nil && decision.view.isOver[top] && !decision.isWaiting(in: members)
            if isEnding || node.ended != nil { shareWork(of: top, members, &decision) }
            if isEnding || named.contains(node.key) {
                var change = change(of: top, decision.view, at: decision.now)
                if isEnding {
                    let counts = decision.counts(of: members, nodes)
                    change.ended = outcome(of: top, caseCount: counts.all, badCount: counts.bad)
                }
                decision.batch.runs.append(change)
            }
            for member in members where member != top {
                linkPart(member, to: node.key, &decision)
            }
        }
    }

    /// Says that a run, named before, is a part of another.
    private func linkPart(_ slot: Int, to root: RunKey, _ decision: inout Decision) {
        let node = nodes[slot]
        guard node.isAnnounced, node.announcedRoot != root else { return }
        var change = change(of: slot, decision.view, at: decision.now)
        change.root = root
        decision.batch.runs.append(change)
    }

    /// Says how busy the workers of a run were whose cases do not name them.
    private func shareWork(of top: Int, _ members: [Int], _ decision: inout Decision) {
        var shares: [(name: String, node: Int, seconds: Double)] = []
        for member in members {
            let seconds = nodes[member].busySeconds + (decision.busySeconds[member] ?? 0)
            guard seconds > 0, descriptions[nodes[member].fold].says(.worker, .container) else { continue }
            let name = worker(of: member) ?? "main"
            if let known = shares.firstIndex(where: { $0.name == name }) {
                shares[known].seconds += seconds
            } else {
                shares.append((name, member, seconds))
            }
        }
        for share in shares {
            decision.batch.workers.append(
                WorkerShare(
                    run: nodes[top].key, service: nodes[share.node].service,
                    environment: nodes[share.node].environment, name: share.name, busySeconds: share.seconds))
        }
    }
}

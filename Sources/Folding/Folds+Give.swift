import MetricModel
import Packs

// Makes results of what is due.
extension Folds {
    /// Gives the result of some cases that are attempts of one, or of one case.
    func give(_ slots: [Int], _ decision: inout Decision) {
        decision.settle(slots)
        give(slots.map { cases[$0] }, &decision)
    }

    private func give(_ items: [FoldCase], _ decision: inout Decision) {
        let first = items[0]
        let last = items[items.count - 1]
        let fold = descriptions[first.fold]
        let verdict = Verdict(fold: fold)
        let node = first.node >= 0 ? first.node : orphanRun(first)
        var run = node.map { nodes[decision.view.tops[$0]].key } ?? lostRun(first, &decision)
        var attempts: [CaseAttempt] = []
        var seconds = 0.0
        var busySeconds = 0.0
        for item in items {
            let (own, duration) = verdict.attempts(of: item)
            attempts += own
            seconds = duration
            busySeconds += own.reduce(0) { $0 + $1.seconds }
        }
        let arrival = last.own == nil ? last.lastArrival : last.ownArrival
        var suite = last.texts[.suite]
        if let path = fold.path, let node, let names = self.suite(of: node, joinedBy: path) { suite = names }
        var test = first.test
        if let qualifier = fold.qualifier, let suite {
            test = CaseID.text(suite + qualifier + test, byteCountMax: limits.textByteCountMax)
        }
        let given = items.lazy.compactMap(\.given).first
        let occurrence: Int
        if let given {
            guard given.attempts != attempts else { return }
            (run, test, occurrence) = (given.run, given.test, given.occurrence)
        } else {
            occurrence = decision.occurrence(of: TestKey(run: run, test: test), occurrences)
        }
        let result = CaseResult(
            run: run, service: last.service, environment: last.environment, test: test, suite: suite,
            file: last.texts[.file], worker: last.texts[.worker] ?? node.flatMap { worker(of: $0) },
            attempts: attempts, end: min(Int64(clamping: last.end / 1_000_000), arrival), seconds: seconds,
            busySeconds: busySeconds, isInHistory: last.numbers[.history] != 0,
            isCounted: last.numbers[.counted] != 0, occurrence: occurrence, origin: first.key.origin,
            revises: given?.attempts, trial: trial(of: items),
            input: last.texts[.input].flatMap { InputSketch($0) })
        decision.add(result, isNamed: last.texts[.worker] != nil, node: node)
    }

    /// What is tried with the case of these attempts, as the last one says; all of them cost.
    private func trial(of items: [FoldCase]) -> CaseTrial? {
        let last = items[items.count - 1]
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
        func said(_ field: FoldField, _ item: FoldCase) -> Double? {
            item.numbers[field].flatMap { $0 >= 0 && $0 < .infinity ? $0 : nil }
        }
        func sum(_ field: FoldField) -> Double? {
            let amounts = items.compactMap { said(field, $0) }
            return amounts.isEmpty ? nil : amounts.reduce(0, +)
        }
        trial.cost = sum(.cost)
        trial.tokens = sum(.tokens)
        trial.latency = said(.latency, last)
        return trial
    }

    /// Gives the result of a case that waited for nothing.
    ///
    /// Mostly its span says all of it: then the result is read off it, with the same outcome as by the way that all
    /// others go.
    func give(_ item: borrowing FoldCase, _ decision: inout Decision) {
        guard traits[item.fold].isPlain, item.failures.isEmpty, let own = item.own else {
            return give([copy item], &decision)
        }
        let numbers = PlainNumbers(item.numbers)
        let texts = PlainTexts(item.texts)
        let run = nodes[decision.view.tops[item.node]].key
        var seconds = Verdict.seconds(own.start, own.end)
        if let said = numbers.duration, said >= 0 { seconds = said }
        let outcome =
            texts.outcome.map { Outcome($0) ?? .error } ?? (own.status == 2 ? .failed : .passed)
        let attempt = CaseAttempt(
            outcome: outcome, seconds: seconds, pattern: outcome.isBad ? texts.message : nil)
        let test = texts.test ?? ""
        let occurrence = decision.occurrence(of: TestKey(run: run, test: test), occurrences)
        let result = CaseResult(
            run: run, service: texts.service ?? "", environment: texts.environment ?? "", test: test,
            suite: texts.suite, file: texts.file, worker: texts.worker ?? worker(of: item.node),
            attempts: [attempt], end: min(Int64(clamping: own.end / 1_000_000), item.ownArrival),
            seconds: seconds, busySeconds: 0 + seconds, isInHistory: numbers.history != 0,
            isCounted: numbers.counted != 0, occurrence: occurrence, origin: item.key.origin,
            trial: trial(texts, numbers), input: texts.input.flatMap { InputSketch($0) })
        decision.add(result, isNamed: texts.worker != nil, node: item.node)
    }

    private func trial(_ texts: PlainTexts, _ numbers: PlainNumbers) -> CaseTrial? {
        let isExperiment = texts.experiment != nil && texts.variant != nil
        let isSkill = texts.skill != nil
        guard isExperiment || isSkill else { return nil }
        func amount(_ number: Double?) -> Double? { number.flatMap { $0 >= 0 && $0 < .infinity ? $0 : nil } }
        return CaseTrial(
            experiment: isExperiment ? texts.experiment : nil, variant: isExperiment ? texts.variant : nil,
            skill: isSkill ? texts.skill : nil, edition: isSkill ? texts.edition : nil,
            cost: amount(numbers.cost), tokens: amount(numbers.tokens), latency: amount(numbers.latency))
    }
}

/// What the span of a case says in texts, looked at once.
private struct PlainTexts {
    var service, environment, test, suite, file, worker, outcome, message: String?
    var experiment, variant, skill, edition, input: String?

    init(_ values: borrowing FoldValues<String>) {
        values.forEach { field, text in
            switch field {
            case .service: service = text
            case .environment: environment = text
            case .test: test = text
            case .suite: suite = text
            case .file: file = text
            case .worker: worker = text
            case .outcome: outcome = text
            case .message: message = text
            case .experiment: experiment = text
            case .variant: variant = text
            case .skill: skill = text
            case .edition: edition = text
            case .input: input = text
            default: break
            }
        }
    }
}

/// What it says in numbers.
private struct PlainNumbers {
    var duration, history, counted, cost, tokens, latency: Double?

    init(_ values: borrowing FoldValues<Double>) {
        values.forEach { field, number in
            switch field {
            case .duration: duration = number
            case .history: history = number
            case .counted: counted = number
            case .cost: cost = number
            case .tokens: tokens = number
            case .latency: latency = number
            default: break
            }
        }
    }
}

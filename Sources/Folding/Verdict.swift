import MetricModel
import Packs

/// Says how the attempts of a case went.
struct Verdict {
    let fold: FoldDescription

    /// The attempts inside one case span; several only where a phase begins them.
    func attempts(of item: FoldCase) -> (attempts: [CaseAttempt], seconds: Double) {
        let split = AttemptSplit(item, begin: fold.begin)
        var attempts: [CaseAttempt] = []
        for (number, part) in split.parts.enumerated() {
            let isLast = number == split.parts.count - 1
            let outcome = outcome(item, part, number: number, count: split.parts.count)
            var pattern: String?
            if outcome.isBad {
                pattern = part.pattern
                if isLast { pattern = pattern ?? item.texts[.message] }
            }
            attempts.append(
                CaseAttempt(outcome: outcome, seconds: Self.seconds(part.start, part.end), pattern: pattern))
        }
        let last = split.parts[split.parts.count - 1]
        var seconds = Self.seconds(last.start, last.end)
        if let wanted = fold.durationPhase,
            let phase = last.phases.last(where: { Int($0.number) == wanted })
        {
            seconds = Self.seconds(phase.start, phase.end)
        }
        if let said = item.numbers[.duration], said >= 0 {
            seconds = said
            if attempts.count == 1 { attempts[0].seconds = said }
        }
        return (attempts, seconds)
    }

    private func outcome(
        _ item: FoldCase, _ part: AttemptSplit.Part, number: Int, count: Int
    ) -> Outcome {
        let said = item.texts[.outcome]
        let status = ["unset", "ok", "error"]
        guard let expression = fold.outcome else {
            if let said { return Outcome(said) ?? .error }
            return item.own == nil ? .error : item.own?.status == 2 ? .failed : .passed
        }
        var facts: [String: Fact] = [
            "case.seen": .truth(item.own != nil), "attempt.number": .number(Double(number + 1)),
            "attempt.count": .number(Double(count)), "attempt.is_last": .truth(number == count - 1),
            "attempt.events": .list(part.evidence.map { fold.phases[$0] }),
            "attempt.phase_events": .list(part.events.map { fold.phases[$0] }),
        ]
        if let said { facts["case.outcome"] = .text(said) }
        if let own = item.own, own.status < 3 { facts["case.status"] = .text(status[Int(own.status)]) }
        for phase in part.phases where phase.status < 3 {
            facts["attempt.\(fold.phases[Int(phase.number)])"] = .text(status[Int(phase.status)])
        }
        return FactEvaluator(facts: facts).value(expression).text.flatMap { Outcome($0) } ?? .error
    }

    /// Whether `next` is the attempt behind `previous`, both spans of the same test in the same run.
    ///
    /// - Parameter isSibling: whether no other case of theirs began in between.
    func isAttempt(_ next: FoldCase, behind previous: FoldCase, isSibling: Bool) -> Bool {
        guard let outcome = attempts(of: previous).attempts.last?.outcome, fold.again.contains(outcome) else {
            return false
        }
        if fold.isNext, !isSibling { return false }
        return !fold.says(.retry, .test) || next.isRetry
    }

    static func seconds(_ start: UInt64, _ end: UInt64) -> Double {
        end > start ? Double(end - start) / 1e9 : 0
    }
}

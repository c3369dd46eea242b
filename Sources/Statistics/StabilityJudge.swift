/// Says of a test's results whether it is broken, flaky, new or healthy. It keeps memory between calls.
///
/// - broken: the last three results failed.
/// - else flaky: among the evidence there is a flaky result, or pass and failure of one revision, or the flip rate
///   of at least five results is at least 0.2 and the lower bound of their failure rate above 0.02.
/// - else new: fewer than five results.
/// - else healthy.
///
/// The evidence are the last hundred results that are recent enough.
package struct StabilityJudge: Sendable {
    private static let brokenCount = 3
    private static let knownCountMin = 5
    private static let evidenceCountMax = 100
    private static let flipRateMin = 0.2
    private static let failureRateMin = 0.02

    /// What is known of a revision while one test is looked at.
    private struct RevisionNote: BitwiseCopyable {
        var mark: UInt64 = 0
        var scoredCount: Int32 = 0
        var group: Int32 = -1
        var hasPassed = false
        var hasFailed = false
    }

    private struct Group: BitwiseCopyable {
        var day: Int32?
        var flips = FlipRate()
    }

    private var revisions: [RevisionNote] = []
    private var groups: [Group] = []
    private var mark: UInt64 = 0

    /// A judge who has seen nothing.
    package init() {}

    /// Judges a test.
    ///
    /// - Parameter executions: all that are known, oldest first, flakiness only of the scored ones.
    /// - Complexity: O(n), and memory as the largest number of a revision.
    package mutating func judge(_ executions: [Execution]) -> Verdict {
        var verdict = Verdict()
        guard !executions.isEmpty else { return verdict }
        mark += 1
        verdict.failureStreak = Self.streak(executions)
        let isFlaky = weighEvidence(executions, &verdict)
        verdict.flakiness = flakiness(executions)
        if verdict.failureStreak >= Self.brokenCount {
            verdict.state = .broken
        } else if isFlaky {
            verdict.state = .flaky
        } else if executions.count < Self.knownCountMin {
            verdict.state = .new
        } else {
            verdict.state = .healthy
        }
        return verdict
    }

    /// What `judge` says where nothing ever failed or was flaky: most tests, without laying out their results.
    package static func judgePasses(count: Int, evidenceCount: Int, scoredCount: Int) -> Verdict {
        var verdict = Verdict()
        guard count > 0 else { return verdict }
        verdict.state = count < knownCountMin ? .new : .healthy
        if evidenceCount > 0 {
            verdict.flipRate = 0
            verdict.entropy = 0
        }
        if scoredCount > 0 { verdict.flakiness = 0 }
        return verdict
    }

    private static func streak(_ executions: [Execution]) -> Int {
        var count = 0
        while count < executions.count, executions[executions.count - 1 - count].isBad { count += 1 }
        return count
    }

    /// Whether the evidence makes the test flaky; sets flip rate and entropy.
    private mutating func weighEvidence(_ executions: [Execution], _ verdict: inout Verdict) -> Bool {
        var flips = FlipRate()
        var badCount = 0
        var isFlaky = false
        var index = Self.firstEvidence(executions)
        while index < executions.count {
            let execution = executions[index]
            index += 1
            guard execution.isEvidence else { continue }
            flips.add(execution.isBad)
            badCount += execution.isBad ? 1 : 0
            isFlaky = isFlaky || execution.isFlaky
            if execution.revision >= 0 {
                let revision = note(execution.revision)
                if execution.isBad {
                    revisions[revision].hasFailed = true
                } else {
                    revisions[revision].hasPassed = true
                }
                isFlaky = isFlaky || revisions[revision].hasFailed && revisions[revision].hasPassed
            }
        }
        guard flips.count > 0 else { return false }
        verdict.flipRate = flips.value
        verdict.entropy = Entropy.of(badCount, of: flips.count)
        if isFlaky { return true }
        guard flips.count >= Self.knownCountMin, flips.value >= Self.flipRateMin,
            let interval = Wilson.interval(badCount, of: flips.count)
        else { return false }
        return interval.low > Self.failureRateMin
    }

    private static func firstEvidence(_ executions: [Execution]) -> Int {
        var first = executions.count
        var count = 0
        while first > 0, count < evidenceCountMax {
            first -= 1
            if executions[first].isEvidence { count += 1 }
        }
        return first
    }

    /// The weighted flip rate of groups: a revision that ran at least twice, else the day. A flaky result stands for
    /// a failure and a pass.
    private mutating func flakiness(_ executions: [Execution]) -> Double? {
        for execution in executions where execution.isScored && execution.revision >= 0 {
            revisions[note(execution.revision)].scoredCount += execution.isFlaky ? 2 : 1
        }
        groups.removeAll(keepingCapacity: true)
        for execution in executions where execution.isScored {
            let group = group(of: execution)
            if execution.isFlaky { groups[group].flips.add(true) }
            groups[group].flips.add(execution.isBad)
        }
        var score = WeightedScore()
        for group in groups { score.add(group.flips.value) }
        return score.value
    }

    private mutating func group(of execution: Execution) -> Int {
        if execution.revision >= 0 {
            let revision = Int(execution.revision)
            if revisions[revision].scoredCount >= 2 {
                if revisions[revision].group < 0 {
                    revisions[revision].group = Int32(groups.count)
                    groups.append(Group())
                }
                return Int(revisions[revision].group)
            }
        }
        if let known = groups.lastIndex(where: { $0.day == execution.day }) { return known }
        groups.append(Group(day: execution.day))
        return groups.count - 1
    }

    /// Where a revision's note is; begun anew for each test.
    private mutating func note(_ revision: Int32) -> Int {
        let index = Int(revision)
        if index >= revisions.count {
            revisions += repeatElement(RevisionNote(), count: index + 1 - revisions.count)
        }
        if revisions[index].mark != mark { revisions[index] = RevisionNote(mark: mark) }
        return index
    }
}

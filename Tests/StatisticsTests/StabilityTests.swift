import Statistics
import Testing

/// Histories are texts: P and F, X for flaky; each result of a revision of its own unless said otherwise.
@Suite struct StabilityTests {
    @Test(
        arguments: [
            ("", nil), ("P", .new), ("F", .new), ("FF", .new), ("PPPP", .new), ("PPPPP", .healthy),
            ("FFF", .broken), ("PPPPPFFF", .broken), ("PFPFPFFF", .broken), ("PPPPPF", .flaky),
            ("PPPPPPF", .healthy),
            ("X", .flaky), ("PPPPPPPPX", .flaky), ("XFFF", .broken), ("FFFX", .flaky), ("FFFP", .new),
            ("PPPPF", .flaky), ("PPPPPPPPF", .healthy), ("PFPPPPPPPPPP", .healthy), ("PFPPPFPPPPP", .flaky),
            ("FFFFFFFFPPPPPPPPPP", .healthy),
        ] as [(String, TestState?)])
    func `the state follows from the results`(results: String, state: TestState?) {
        #expect(results.verdict().state == state)
    }

    @Test func `pass and failure of one revision are flaky, of unknown revisions not`() {
        #expect("PF".verdict(revisions: [4, 4]).state == .flaky)
        #expect("PPPPPPPPFP".verdict(revisions: [0, 1, 2, 3, 4, 5, 6, 7, 7, 8]).state == .flaky)
        #expect("PF".verdict(revisions: [4, 5]).state == .new)
        #expect("PF".verdict(revisions: [-1, -1]).state == .new)
    }

    @Test func `what is not recent is no evidence, but known`() {
        var executions = "XPPPP".executions()
        executions[0].isEvidence = false
        var judge = StabilityJudge()
        #expect(judge.judge(executions).state == .healthy)
        for index in executions.indices { executions[index].isEvidence = false }
        let verdict = judge.judge(executions)
        #expect(verdict.state == .healthy)
        #expect(verdict.flipRate == nil)
        var failing = "FFF".executions()
        for index in failing.indices { failing[index].isEvidence = false }
        #expect(judge.judge(failing).state == .broken)
    }

    @Test func `a hundred clean results heal a flaky test`() {
        #expect(("X" + String(repeating: "P", count: 99)).verdict().state == .flaky)
        #expect(("X" + String(repeating: "P", count: 100)).verdict().state == .healthy)
    }

    @Test func `flakiness is the weighted flip rate of revisions with several results`() throws {
        let revisions: [Int32] = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]
        let verdict = "PPFFPPPPFPFPFPF".verdict(revisions: revisions)
        #expect(abs(try #require(verdict.flakiness) - 0.6231) < 5e-5)
    }

    @Test func `results of single revisions are grouped by day`() throws {
        var executions = "PFPF".executions()
        for index in executions.indices { executions[index].day = Int32(index / 2) }
        var judge = StabilityJudge()
        #expect(judge.judge(executions).flakiness == 1)
        for index in executions.indices { executions[index].day = Int32(index) }
        #expect(judge.judge(executions).flakiness == 0)
    }

    @Test func `a flaky result is a failure and a pass`() {
        #expect("X".verdict().flakiness == 1)
        #expect("XP".verdict(revisions: [1, 1]).flakiness == 0.5)
    }

    @Test(arguments: [(0, 0, 0), (1, 0, 0), (3, 0, 3), (4, 4, 4), (5, 0, 1), (9, 3, 6)])
    func `of passes alone the short way says the same`(count: Int, evidence: Int, scored: Int) {
        let executions = (0..<count).map { index in
            Execution(
                isBad: false, revision: Int32(index / 2), isEvidence: index >= count - evidence,
                isScored: index >= count - scored)
        }
        var judge = StabilityJudge()
        let short = StabilityJudge.judgePasses(
            count: count, evidenceCount: evidence, scoredCount: scored)
        #expect(short == judge.judge(executions))
    }

    @Test func `figures of the evidence`() throws {
        let verdict = "PFPPF".verdict()
        #expect(verdict.failureStreak == 1)
        #expect(verdict.flipRate == 0.75)
        #expect(abs(try #require(verdict.entropy) - 0.970951) < 1e-6)
    }
}

extension String {
    func executions(revisions: [Int32]? = nil) -> [Execution] {
        enumerated().map { index, result in
            Execution(
                isBad: result == "F", isFlaky: result == "X", revision: revisions?[index] ?? Int32(index))
        }
    }

    func verdict(revisions: [Int32]? = nil) -> Verdict {
        var judge = StabilityJudge()
        return judge.judge(executions(revisions: revisions))
    }
}

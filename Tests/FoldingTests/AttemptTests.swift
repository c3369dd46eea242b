import Folding
import MetricModel
import Testing
import TraceBuilder

@Suite struct `Attempts inside a case` {
    /// The times of failures, and what the attempts make of them; each attempt is set up at 0, 100 … for 10
    /// ms, called till 50 and torn down till 60.
    struct Situation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let failures: [UInt64]
        let outcomes: [Outcome]
        var status = SpanContent.Status.ok
        var hasCall = true
        var callStatus = SpanContent.Status.unset
        /// The attempts, from 0, whose call has a failure of its own.
        var failingCalls: Set<UInt64> = []
    }

    static let situations: [Situation] = [
        Situation(testDescription: "passes", failures: [], outcomes: [.passed]),
        Situation(testDescription: "fails in the call", failures: [52], outcomes: [.failed], status: .error),
        Situation(
            testDescription: "fails when set up", failures: [11], outcomes: [.error], status: .error,
            hasCall: false),
        Situation(testDescription: "fails when torn down", failures: [61], outcomes: [.error]),
        Situation(
            testDescription: "fails in the call and when torn down", failures: [52, 61], outcomes: [.failed],
            status: .error),
        Situation(
            testDescription: "is skipped", failures: [], outcomes: [.skipped], status: .unset, hasCall: false),
        Situation(testDescription: "fails without a word", failures: [], outcomes: [.failed], status: .error),
        Situation(testDescription: "fails in a part", failures: [], outcomes: [.failed], callStatus: .error),
        Situation(testDescription: "is rescued", failures: [52], outcomes: [.failed, .passed]),
        Situation(
            testDescription: "is rescued, and says so at the end", failures: [152],
            outcomes: [.failed, .passed]),
        Situation(testDescription: "fails twice", failures: [52, 152], outcomes: [.failed, .failed]),
        Situation(
            testDescription: "fails twice, and says so at the end", failures: [152, 153],
            outcomes: [.failed, .failed]),
        Situation(
            testDescription: "is rescued the third time", failures: [52, 152],
            outcomes: [.failed, .failed, .passed]),
        Situation(
            testDescription: "fails and passes without a word", failures: [], outcomes: [.failed, .passed]),
        Situation(
            testDescription: "is rescued the third time, and tells of each failure in the next attempt",
            failures: [152, 252], outcomes: [.failed, .failed, .passed]),
        Situation(
            testDescription: "fails three times, and tells of each failure an attempt late",
            failures: [152, 252, 253], outcomes: [.failed, .failed, .failed]),
        Situation(
            testDescription: "is rescued, and cannot be torn down", failures: [152, 161],
            outcomes: [.failed, .error]),
        Situation(
            testDescription: "fails in the call, and says so behind a tear-down", failures: [61],
            outcomes: [.failed], status: .error),
        Situation(
            testDescription: "has subtests", failures: [], outcomes: [.passed], callStatus: .ok),
        Situation(
            testDescription: "has a subtest that fails", failures: [], outcomes: [.failed], status: .error,
            callStatus: .ok, failingCalls: [0]),
        Situation(
            testDescription: "has a subtest that fails on every rerun", failures: [],
            outcomes: [.failed, .failed], callStatus: .ok, failingCalls: [0, 1]),
        Situation(
            testDescription: "has a subtest that a rerun rescues", failures: [],
            outcomes: [.failed, .passed], callStatus: .ok, failingCalls: [0]),
        Situation(
            testDescription: "handles an exception that its code notes", failures: [], outcomes: [.passed],
            failingCalls: [0]),
    ]

    @Test(arguments: situations) func `are told by phases and failures`(situation: Situation) throws {
        let story = Story()
        var replay = try Replay()
        var phase: UInt8 = 10
        for number in 0..<UInt64(situation.outcomes.count) {
            let start = number * 100
            try replay.apply(story.phase("setup", of: "a", span: phase, below: 2, start...start + 10))
            if situation.hasCall {
                try replay.apply(
                    story.phase(
                        "call", of: "a", span: phase + 1, below: 2, start + 11...start + 50,
                        situation.callStatus,
                        failure: situation.failingCalls.contains(number) ? "lost 17 of 20" : nil))
            }
            try replay.apply(
                story.phase("teardown", of: "a", span: phase + 2, below: 2, start + 55...start + 60))
            phase += 3
        }
        let failures = situation.failures.map { (at: $0, message: "lost 17 of 20") }
        let end = UInt64(situation.outcomes.count) * 100
        try replay.apply(
            story.test("a", span: 2, below: 1, 0...end, situation.status, failures: failures),
            story.run(span: 1, 0...end))
        let batch = replay.decide(.everything)
        let result = try #require(batch.results.first)
        #expect(result.attempts.map(\.outcome) == situation.outcomes)
        #expect(result.test == "a")
        #expect(result.suite == "tests/t.py")
        if situation.hasCall { #expect(abs(result.seconds - 0.039) < 1e-9) }
        #expect(abs(result.busySeconds - Double(end) / 1_000) < 1e-9)
        let hasFailure = !failures.isEmpty || !situation.failingCalls.isEmpty && result.outcome != .passed
        if hasFailure { #expect(result.pattern == "AssertionError: lost # of #") }
        #expect(batch.workers.map(\.name) == ["main"])
        #expect(abs((batch.workers.first?.busySeconds ?? 0) - Double(end) / 1_000) < 1e-9)
    }

    @Test(arguments: [
        ("skipped", Outcome.skipped), ("xfailed", .skipped), ("xpassed", .passed), ("error", .error),
        ("failed", .failed), ("passed", .passed), ("strange", .passed),
    ]) func `take the word of what stamps the last one`(stamp: String, outcome: Outcome) throws {
        let story = Story()
        var replay = try Replay()
        for (number, start) in [UInt64(0), 100].enumerated() {
            let span = UInt8(20 + 3 * number)
            try replay.apply(
                story.phase("setup", of: "a", span: span, below: 2, start...start + 10),
                story.phase("call", of: "a", span: span + 1, below: 2, start + 11...start + 50))
        }
        var test = story.test("a", span: 2, below: 1, 0...160, failures: [(52, "no")])
        test.attributes.append(("spanmeter.outcome", .text(stamp)))
        try replay.apply(test)
        let result = try #require(replay.decide(.everything).results.first)
        #expect(result.attempts.map(\.outcome) == [.failed, outcome])
    }
}

/// What the history of a test says about it.
package enum TestState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case healthy, flaky, broken, new
}

/// One result of a test, as far as its stability is concerned; skipped ones are left out.
package struct Execution: BitwiseCopyable, Sendable {
    /// It ended failed or with an error.
    package var isBad: Bool
    /// It passed after a failure: the strongest evidence there is.
    package var isFlaky: Bool
    /// A small number for the revision; −1 where it is unknown.
    package var revision: Int32
    /// Days since 1970, UTC.
    package var day: Int32
    /// Recent enough to be evidence: 7 days.
    package var isEvidence: Bool
    /// Recent enough for the flakiness score: 30 days.
    package var isScored: Bool

    package init(
        isBad: Bool, isFlaky: Bool = false, revision: Int32 = -1, day: Int32 = 0, isEvidence: Bool = true,
        isScored: Bool = true
    ) {
        self.isBad = isBad
        self.isFlaky = isFlaky
        self.revision = revision
        self.day = day
        self.isEvidence = isEvidence
        self.isScored = isScored
    }
}

/// What `StabilityJudge` finds.
package struct Verdict: Sendable, Equatable {
    /// Nil where there are no results.
    package var state: TestState?
    /// Of the evidence; nil without any.
    package var flipRate: Double?
    /// Of the evidence, in bits; nil without any.
    package var entropy: Double?
    /// The weighted flip rate of revisions; nil without scored results.
    package var flakiness: Double?
    /// Failures since the last pass.
    package var failureStreak = 0

    package init() {}
}

package import MetricModel

/// What a decision changes in the ledger: made without changing anything, written as rows in the transaction of
/// the decision's journal entry, then applied to the history.
package struct LedgerPlan: Sendable {
    struct PlannedTest: Sendable, Equatable {
        var number: Int32
        var description: TestDescription
    }

    struct PlannedRun: Sendable, Equatable {
        var slot: Int32
        var record: RunRecord
    }

    struct PlannedPattern: Sendable, Equatable {
        var number: Int32
        var entry: PatternTable.Entry
    }

    var decided: Int64
    /// New tests, and those of which something else than a result is new.
    var tests: [PlannedTest] = []
    var runs: [PlannedRun] = []
    var patterns: [PlannedPattern] = []
    var results: [ChunkResult] = []
    var trials: [TrialPlanner.PlannedTrial] = []
    var trialCases: [TrialPlanner.PlannedCase] = []
    var edits: PlannedEdits?
    /// Clusters of failed inputs that are new or changed.
    var inputs: [InputPlanner.Planned] = []
    var nextInputSerial: Int64 = 1
    var removal: LedgerRemoval?

    /// Skills that came in another edition: counted with the decision.
    package var skillChanges: [SkillChange] = []

    /// Results of experiments and skills beyond the limit: counted, not kept.
    package var untriedCount = 0

    /// Results of tests beyond the limit: counted, not kept.
    package var untrackedCount = 0

    /// For each result of the batch what it failed with, as the label says it: rare patterns are `other`.
    package var patternLabels: [String?] = []

    /// For each result of the batch what its input is like, as the label says it; nil where it did not fail.
    package var inputLabels: [String?] = []

    /// Nothing, at this moment.
    init(decided: Int64) {
        self.decided = decided
    }

    package var isEmpty: Bool {
        tests.isEmpty && runs.isEmpty && patterns.isEmpty && results.isEmpty && trials.isEmpty
            && edits == nil && inputs.isEmpty && removal == nil
    }
}

/// A result as the ledger keeps it: texts are numbers.
struct ChunkResult: Sendable, Equatable {
    struct Attempt: Sendable, Equatable {
        var outcome: Outcome
        var seconds: Double
        /// −1 for none.
        var pattern: Int32 = -1
    }

    var test: Int32
    var run: Int32
    var outcome: CaseOutcome
    /// At least one, but for results that were read without details.
    var attempts: [Attempt]
    /// Of the last attempt.
    var seconds: Double
    /// Milliseconds since 1970.
    var end: Int64
    var worker: String?
    var occurrence: Int
    var isInHistory: Bool
    /// It takes the place of a result of before.
    var isRevision: Bool

    var word: ResultWord {
        ResultWord(
            run: Int(run), outcome: outcome, isInHistory: isInHistory, occurrence: occurrence,
            seconds: seconds)
    }
}

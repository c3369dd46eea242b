/// What became of a test case in a run.
///
/// One reference, because a result is handed from decision to plan, to the journal and back: its dozen texts would
/// each be counted anew with every copy. What it says never changes behind the reference; to set a property makes
/// another one, so what is known is given to `init`.
@usableFromInline package struct CaseResult: Sendable, Equatable, CustomStringConvertible {
    @usableFromInline var facts: CaseFacts

    package init(
        run: RunKey, service: String, environment: String, test: String, suite: String? = nil,
        file: String? = nil, worker: String? = nil, attempts: [CaseAttempt], end: Int64, seconds: Double,
        busySeconds: Double, isInHistory: Bool = true, isCounted: Bool = true, occurrence: Int = 0,
        origin: CaseOrigin? = nil,
        revises: [CaseAttempt]? = nil, trial: CaseTrial? = nil, input: InputSketch? = nil
    ) {
        facts = CaseFacts(
            CaseFacts.Values(
                run: run, service: service, environment: environment, test: test, suite: suite, file: file,
                worker: worker, attempts: attempts, end: end, seconds: seconds, busySeconds: busySeconds,
                isInHistory: isInHistory, isCounted: isCounted, occurrence: occurrence, origin: origin,
                revises: revises, trial: trial, input: input))
    }

    @usableFromInline package static func == (left: Self, right: Self) -> Bool {
        left.facts === right.facts || left.facts.values == right.facts.values
    }

    private mutating func change(_ body: (inout CaseFacts.Values) -> Void) {
        var values = facts.values
        body(&values)
        facts = CaseFacts(values)
    }

    package var run: RunKey {
        @inlinable get { facts.values.run }
        set { change { $0.run = newValue } }
    }
    package var service: String {
        @inlinable get { facts.values.service }
        set { change { $0.service = newValue } }
    }
    package var environment: String {
        @inlinable get { facts.values.environment }
        set { change { $0.environment = newValue } }
    }
    /// The tool's full id of the case: the test's identity within its service.
    package var test: String {
        @inlinable get { facts.values.test }
        set { change { $0.test = newValue } }
    }
    package var suite: String? {
        @inlinable get { facts.values.suite }
        set { change { $0.suite = newValue } }
    }
    package var file: String? {
        @inlinable get { facts.values.file }
        set { change { $0.file = newValue } }
    }
    package var worker: String? {
        @inlinable get { facts.values.worker }
        set { change { $0.worker = newValue } }
    }
    /// At least one, in their order.
    package var attempts: [CaseAttempt] {
        @inlinable get { facts.values.attempts }
        set { change { $0.attempts = newValue } }
    }
    /// When the last attempt ended, in milliseconds since 1970 by the test's clock, never later than it arrived.
    package var end: Int64 {
        @inlinable get { facts.values.end }
        set { change { $0.end = newValue } }
    }
    /// How long the last attempt's test took, in seconds.
    package var seconds: Double {
        @inlinable get { facts.values.seconds }
        set { change { $0.seconds = newValue } }
    }
    /// How long all attempts kept their worker busy, in seconds.
    package var busySeconds: Double {
        @inlinable get { facts.values.busySeconds }
        set { change { $0.busySeconds = newValue } }
    }
    /// Whether windows and states look at it.
    package var isInHistory: Bool {
        @inlinable get { facts.values.isInHistory }
        set { change { $0.isInHistory = newValue } }
    }
    /// Whether counters count it: not what was told long after it ended.
    package var isCounted: Bool {
        @inlinable get { facts.values.isCounted }
        set { change { $0.isCounted = newValue } }
    }
    /// Which of several cases of the same test in the same run, from 0.
    package var occurrence: Int {
        @inlinable get { facts.values.occurrence }
        set { change { $0.occurrence = newValue } }
    }
    /// Nil where no span is the case itself.
    package var origin: CaseOrigin? {
        @inlinable get { facts.values.origin }
        set { change { $0.origin = newValue } }
    }
    /// Where it corrects a result that was given before: that one's attempts.
    package var revises: [CaseAttempt]? {
        @inlinable get { facts.values.revises }
        set { change { $0.revises = newValue } }
    }
    /// Nil where it is neither of an experiment nor of a skill.
    package var trial: CaseTrial? {
        @inlinable get { facts.values.trial }
        set { change { $0.trial = newValue } }
    }
    /// What it was asked, of a case that failed and did not say what kind of input that is.
    package var input: InputSketch? {
        get { facts.values.input }
        set { change { $0.input = newValue } }
    }

    @inlinable package var outcome: CaseOutcome { facts.outcome }

    /// What it says, for messages of tests.
    @usableFromInline package var description: String { "\(facts.values)" }

    /// Seconds of all attempts but the last.
    package var wasteSeconds: Double { attempts.dropLast().reduce(0) { $0 + $1.seconds } }

    /// What the case failed with: the last attempt that says so.
    package var pattern: String? { attempts.last { $0.pattern != nil }?.pattern }
}

/// What a result says, and what follows from it.
@usableFromInline final class CaseFacts: Sendable {
    @usableFromInline struct Values: Sendable, Equatable {
        @usableFromInline var run: RunKey
        @usableFromInline var service: String
        @usableFromInline var environment: String
        @usableFromInline var test: String
        @usableFromInline var suite: String?
        @usableFromInline var file: String?
        @usableFromInline var worker: String?
        @usableFromInline var attempts: [CaseAttempt]
        @usableFromInline var end: Int64
        @usableFromInline var seconds: Double
        @usableFromInline var busySeconds: Double
        @usableFromInline var isInHistory: Bool
        @usableFromInline var isCounted: Bool
        @usableFromInline var occurrence: Int
        @usableFromInline var origin: CaseOrigin?
        @usableFromInline var revises: [CaseAttempt]?
        @usableFromInline var trial: CaseTrial?
        @usableFromInline var input: InputSketch?
    }

    @usableFromInline let values: Values
    @usableFromInline let outcome: CaseOutcome

    init(_ values: Values) {
        self.values = values
        outcome = CaseOutcome(values.attempts)
    }
}

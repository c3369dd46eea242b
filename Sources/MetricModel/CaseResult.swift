/// How one execution of a test case went.
package enum Outcome: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case passed, failed, error, skipped

    /// - Parameter text: one of the names as packs write them.
    package init?(_ text: String) {
        guard let outcome = Self.allCases.first(where: { $0.description == text }) else { return nil }
        self = outcome
    }

    /// The name as packs and labels write it.
    package var description: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .error: "error"
        case .skipped: "skipped"
        }
    }

    /// Whether it speaks against the test.
    package var isBad: Bool { self == .failed || self == .error }
}

/// How a test case went in a run, all attempts considered.
package enum CaseOutcome: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case passed, failed, error, skipped, flaky

    /// The name as labels write it.
    package var description: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .error: "error"
        case .skipped: "skipped"
        case .flaky: "flaky"
        }
    }

    /// Flaky where the last attempt passed and an earlier one did not; else as the last attempt.
    ///
    /// - Parameter attempts: at least one, in their order.
    package init(_ attempts: [CaseAttempt]) {
        switch attempts.last?.outcome {
        case .passed: self = attempts.contains { $0.outcome.isBad } ? .flaky : .passed
        case .failed: self = .failed
        case .error, nil: self = .error
        case .skipped: self = .skipped
        }
    }
}

/// One execution of a test case.
package struct CaseAttempt: Sendable, Equatable {
    package var outcome: Outcome
    /// Not negative.
    package var seconds: Double
    /// What it failed with, without what differs from time to time; see `FailurePattern`.
    package var pattern: String?

    package init(outcome: Outcome, seconds: Double, pattern: String? = nil) {
        self.outcome = outcome
        self.seconds = seconds
        self.pattern = pattern
    }
}

/// Names a run of tests: what found it and by what, at most 256 bytes.
package struct RunKey: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// All bytes at once, not one by one.
    package func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}

/// Where in the spans a result comes from: by it the open case is found again that the result closes.
package struct CaseOrigin: Hashable, Sendable {
    package var trace: UInt64
    package var traceLow: UInt64
    package var span: UInt64

    package init(trace: UInt64, traceLow: UInt64, span: UInt64) {
        self.trace = trace
        self.traceLow = traceLow
        self.span = span
    }
}

/// What became of a test case in a run.
package struct CaseResult: Sendable, Equatable {
    package var run: RunKey
    package var service: String
    package var environment: String
    /// The tool's full id of the case: the test's identity within its service.
    package var test: String
    package var suite: String?
    package var file: String?
    package var worker: String?
    /// At least one, in their order.
    package var attempts: [CaseAttempt]
    /// When the last attempt ended, in milliseconds since 1970 by the test's clock, never later than it arrived.
    package var end: Int64
    /// How long the last attempt's test took, in seconds.
    package var seconds: Double
    /// How long all attempts kept their worker busy, in seconds.
    package var busySeconds: Double
    /// Whether windows and states look at it.
    package var isInHistory: Bool
    /// Whether counters count it: not what was told long after it ended.
    package var isCounted: Bool
    /// Which of several cases of the same test in the same run, from 0.
    package var occurrence: Int
    /// Nil where no span is the case itself.
    package var origin: CaseOrigin?
    /// Where it corrects a result that was given before: that one's attempts.
    package var revises: [CaseAttempt]?
    /// Nil where it is neither of an experiment nor of a skill.
    package var trial: CaseTrial?
    /// What it was asked, of a case that failed and did not say what kind of input that is.
    package var input: InputSketch?

    package init(
        run: RunKey, service: String, environment: String, test: String, suite: String? = nil,
        file: String? = nil, worker: String? = nil, attempts: [CaseAttempt], end: Int64, seconds: Double,
        busySeconds: Double, isInHistory: Bool = true, isCounted: Bool = true, occurrence: Int = 0,
        origin: CaseOrigin? = nil,
        revises: [CaseAttempt]? = nil, trial: CaseTrial? = nil, input: InputSketch? = nil
    ) {
        self.run = run
        self.service = service
        self.environment = environment
        self.test = test
        self.suite = suite
        self.file = file
        self.worker = worker
        self.attempts = attempts
        self.end = end
        self.seconds = seconds
        self.busySeconds = busySeconds
        self.isInHistory = isInHistory
        self.isCounted = isCounted
        self.occurrence = occurrence
        self.origin = origin
        self.revises = revises
        self.trial = trial
        self.input = input
    }

    package var outcome: CaseOutcome { CaseOutcome(attempts) }

    /// Seconds of all attempts but the last.
    package var wasteSeconds: Double { attempts.dropLast().reduce(0) { $0 + $1.seconds } }

    /// What the case failed with: the last attempt that says so.
    package var pattern: String? { attempts.last { $0.pattern != nil }?.pattern }
}

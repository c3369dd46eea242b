/// How one execution of a test case went.
@usableFromInline package enum Outcome: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case passed, failed, error, skipped

    /// - Parameter text: one of the names as packs write them.
    package init?(_ text: String) {
        switch text {
        case "passed": self = .passed
        case "failed": self = .failed
        case "error": self = .error
        case "skipped": self = .skipped
        default: return nil
        }
    }

    /// The name as packs and labels write it.
    @usableFromInline package var description: String {
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
@usableFromInline package enum CaseOutcome: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case passed, failed, error, skipped, flaky

    /// The name as labels write it.
    @usableFromInline package var description: String {
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
@usableFromInline package struct CaseAttempt: Sendable, Equatable {
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
@usableFromInline package struct RunKey: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// All bytes at once, not one by one.
    @usableFromInline package func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

/// Where in the spans a result comes from: by it the open case is found again that the result closes.
@usableFromInline package struct CaseOrigin: Hashable, Sendable {
    package var trace: UInt64
    package var traceLow: UInt64
    package var span: UInt64

    package init(trace: UInt64, traceLow: UInt64, span: UInt64) {
        self.trace = trace
        self.traceLow = traceLow
        self.span = span
    }
}

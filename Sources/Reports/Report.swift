package import MetricModel

/// What a report file says of a run of tests.
package struct Report: Sendable, Equatable {
    /// What an attempt failed with, in the tool's words.
    package struct Failure: Sendable, Equatable {
        package var type: String?
        package var message: String

        package init(type: String? = nil, message: String) {
            self.type = type
            self.message = message
        }
    }

    package struct Attempt: Sendable, Equatable {
        package var outcome: Outcome
        /// Not negative.
        package var seconds: Double
        package var failure: Failure?

        package init(outcome: Outcome, seconds: Double, failure: Failure? = nil) {
            self.outcome = outcome
            self.seconds = seconds
            self.failure = failure
        }
    }

    package struct Case: Sendable, Equatable {
        /// The tool's full id of the test.
        package var test: String
        package var suite: String?
        package var file: String?
        package var worker: String?
        /// At least one, in their order.
        package var attempts: [Attempt]
        /// Milliseconds since 1970; nil where the report gives no times.
        package var end: Int64?
        /// Which of several cases of the same name, from 0.
        package var occurrence: Int

        package init(
            test: String, suite: String? = nil, file: String? = nil, worker: String? = nil,
            attempts: [Attempt], end: Int64? = nil, occurrence: Int = 0
        ) {
            self.test = test
            self.suite = suite
            self.file = file
            self.worker = worker
            self.attempts = attempts
            self.end = end
            self.occurrence = occurrence
        }

        package var outcome: CaseOutcome {
            CaseOutcome(attempts.map { CaseAttempt(outcome: $0.outcome, seconds: $0.seconds) })
        }
    }

    /// What the report calls the whole of it.
    package var name: String?
    /// Milliseconds since 1970; nil where the report gives no times.
    package var start: Int64?
    package var end: Int64?
    package var cases: [Case]
    /// Whether the run broke off, or parts of it never began.
    package var isInterrupted: Bool

    package init(
        name: String? = nil, start: Int64? = nil, end: Int64? = nil, cases: [Case] = [],
        isInterrupted: Bool = false
    ) {
        self.name = name
        self.start = start
        self.end = end
        self.cases = cases
        self.isInterrupted = isInterrupted
    }

    /// How the run ended: without a case, nothing was run.
    package var outcome: RunOutcome {
        if cases.contains(where: { $0.attempts.last?.outcome.isBad == true }) { return .failed }
        return isInterrupted || cases.isEmpty ? .interrupted : .passed
    }
}

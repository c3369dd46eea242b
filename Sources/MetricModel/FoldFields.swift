/// What a span is to a fold.
package enum FoldRole: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// One execution of a test case.
    case test
    /// A part of one: set-up, call, tear-down.
    case phase
    /// A run, or a part of one: a worker, a suite.
    case container
}

/// What a span says to a fold, as the pack reads it.
@usableFromInline package enum FoldField: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case service, environment, test, suite, file, worker, outcome, retry, last, duration, history, message
    case runKey, revision, branch, sequence, token, name, part, counted
    case experiment, variant, skill, edition, cost, tokens, latency
    /// As an `InputSketch`'s text.
    case input

    /// Whether a text stands for something, so that two of them may not become one where they are cut.
    package var isIdentity: Bool {
        switch self {
        case .test, .runKey, .experiment, .variant, .skill, .edition: true
        default: false
        }
    }
}

/// Which span it is, when it was, and OTLP's word on it.
package struct FoldIdentity: BitwiseCopyable, Sendable, Equatable {
    /// The trace id's bytes as two numbers; 0 where there is none.
    package var trace: UInt64
    package var traceLow: UInt64
    package var span: UInt64
    /// 0 for a root.
    package var parent: UInt64
    /// Nanoseconds since 1970.
    package var start: UInt64
    package var end: UInt64
    /// OTLP's status code: 0 unset, 1 ok, 2 error.
    package var status: UInt8

    package init(
        trace: UInt64, traceLow: UInt64, span: UInt64, parent: UInt64, start: UInt64, end: UInt64,
        status: UInt8
    ) {
        self.trace = trace
        self.traceLow = traceLow
        self.span = span
        self.parent = parent
        self.start = start
        self.end = end
        self.status = status
    }
}

/// One span, as a fold sees it.
package struct FoldSpan: Sendable, Equatable {
    /// An event of the span that says why it failed.
    package struct Failure: Sendable, Equatable {
        /// Nanoseconds since 1970.
        package var time: UInt64
        package var pattern: String

        package init(time: UInt64, pattern: String) {
            self.time = time
            self.pattern = pattern
        }
    }

    /// The fold's name: packs change between a journal's writing and its reading.
    package var fold: String
    package var role: FoldRole
    /// The number of the phase in its fold; 0 for other roles.
    package var phase: UInt8
    package var identity: FoldIdentity
    package var texts: FoldValues<String>
    package var numbers: FoldValues<Double>
    package var failures: [Failure]

    package init(
        fold: String, role: FoldRole, phase: UInt8 = 0, identity: FoldIdentity,
        texts: FoldValues<String> = [:],
        numbers: FoldValues<Double> = [:], failures: [Failure] = []
    ) {
        self.fold = fold
        self.role = role
        self.phase = phase
        self.identity = identity
        self.texts = texts
        self.numbers = numbers
        self.failures = failures
    }
}

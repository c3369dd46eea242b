import MetricModel

/// A span by its ids.
struct SpanKey: Hashable, Sendable {
    let trace: UInt64
    let traceLow: UInt64
    let span: UInt64

    var origin: CaseOrigin { CaseOrigin(trace: trace, traceLow: traceLow, span: span) }
}

/// One case span with what is known of it, before and after its result was given.
struct FoldCase: Sendable, Equatable {
    /// A phase below the case span.
    struct Phase: Sendable, Equatable {
        var number: UInt8
        /// OTLP's status code.
        var status: UInt8
        /// Nanoseconds since 1970.
        var start: UInt64
        var end: UInt64
        /// What its own events first say that failed in it; empty for a failure without a word.
        var failure: String?
    }

    /// What was said of it.
    struct Given: Sendable, Equatable {
        var run: RunKey
        var test: String
        var occurrence: Int
        var attempts: [CaseAttempt]
    }

    let key: SpanKey
    /// The number of the fold.
    let fold: Int
    /// Nil until the case's own span comes.
    var own: FoldIdentity?
    var texts = FoldValues<String>()
    var numbers = FoldValues<Double>()
    var phases: [Phase] = []
    var failures: [FoldSpan.Failure] = []
    /// The slot of the run's node right above it; −1 while its own span has not come.
    var node = -1
    /// Milliseconds since 1970.
    var ownArrival: Int64 = 0
    var lastArrival: Int64 = 0
    /// There were too many open cases: it is due at once.
    var isForced = false
    var isClosed = false
    /// Whether something came late that alters its result.
    var isAltered = false
    /// Of the first case of a result.
    var given: Given?
    /// What its image includes of the journal.
    var imageSequence: UInt64 = 0

    init(key: SpanKey, fold: Int) {
        self.key = key
        self.fold = fold
    }

    var test: String { texts[.test] ?? "" }
    var service: String { texts[.service] ?? "" }
    var environment: String { texts[.environment] ?? "" }
    var isRetry: Bool { numbers[.retry] == 1 }
    var isLast: Bool { numbers[.last] == 1 }

    /// Nanoseconds since 1970.
    var start: UInt64 { own?.start ?? phases.map(\.start).min() ?? 0 }
    var end: UInt64 { own?.end ?? phases.map(\.end).max() ?? 0 }

    /// Whether there is a result to give.
    var isOpen: Bool { !isClosed || isAltered }
}

/// How long folds wait, and how much they keep.
package struct FoldLimits: Sendable {
    /// Milliseconds between a final span's arrival and the result: what belongs to it may come behind it.
    package var foldTimeout: Int64 = 5_000
    /// Milliseconds of silence after which what waits for a span that never came is given up.
    package var orphanTimeout: Int64 = 3_600_000
    /// More open cases than these are resolved early, the oldest first.
    package var openCaseCountMax = 100_000
    /// Executions of one test in one run among which attempts are looked for.
    static let groupCountMax = 256
    /// More results than these are not remembered for what comes late.
    package var closedCaseCountMax = 100_000
    /// More runs, workers and suites than these end early, the oldest first.
    package var openRunCountMax = 4_096
    /// Where ids are cut, in bytes.
    package var textByteCountMax = 256

    /// Milliseconds that a run which may be a part of another one waits for it.
    static let takenTimeout: Int64 = 30_000
    /// Milliseconds that an ended run and its results are remembered.
    static let keptTime: Int64 = 600_000
    /// More phases and failures of one case are passed over.
    static let phaseCountMax = 64
    /// Spans above a case beyond these are not climbed; parents may form a circle.
    static let depthMax = 64

    package init() {}
}

/// What is decided.
package enum DueMode: Sendable {
    /// What waits for nothing; no run ends.
    case ready
    /// What waited long enough.
    case tick
    /// What has its own span, or its run's: nothing more is waited for.
    case drain
    /// All that is open.
    case everything
}

/// Why folds cannot take something in.
package struct FoldError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

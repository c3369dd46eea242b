internal import Statistics

/// Results within the last day, week and month.
struct WindowSums: BitwiseCopyable, Sendable, Equatable {
    /// The lengths of the windows in milliseconds.
    static let lengths: [Int64] = [86_400_000, 7 * 86_400_000, 30 * 86_400_000]
    static let names = ["1d", "7d", "30d"]

    /// Results but skipped ones, and those of them that failed; the last lane is unused.
    private(set) var count = SIMD4<Int32>()
    private(set) var bad = SIMD4<Int32>()

    /// - Parameter windows: 1 in the lanes of the windows that the result is in.
    mutating func add(_ isBad: Bool, windows: SIMD4<Int32>) {
        count &+= windows
        if isBad { bad &+= windows }
    }

    static func += (left: inout Self, right: Self) {
        left.count &+= right.count
        left.bad &+= right.bad
    }

    static func -= (left: inout Self, right: Self) {
        left.count &-= right.count
        left.bad &-= right.bad
    }

    /// Passed and all results of a window.
    func passes(_ window: Int) -> (passed: Int, total: Int) {
        (Int(count[window] - bad[window]), Int(count[window]))
    }

    func passRatio(_ window: Int) -> Double? {
        let (passed, total) = passes(window)
        return total > 0 ? Double(passed) / Double(total) : nil
    }

    /// Wilson's bounds of the pass ratio.
    func bounds(_ window: Int) -> (low: Double, high: Double)? {
        let (passed, total) = passes(window)
        return Wilson.interval(passed, of: total)
    }
}

/// What is known of a test, worked out of its results.
struct TestFigures: BitwiseCopyable, Sendable {
    /// Of runs that count for windows and states.
    var own = WindowSums()
    /// Of all runs: what the suite's figure is made of.
    var all = WindowSums()
    var state: TestState?
    /// NaN for none, as the next two.
    var flipRate = Double.nan
    var entropy = Double.nan
    var flakiness = Double.nan
    /// Milliseconds since 1970; 0 for never.
    var lastSeen: Int64 = 0
    /// Of the last seven days; −1 for none.
    var medianCode: Int32 = -1
    /// Failures since the last pass.
    var streak: Int32 = 0
    /// The run that the streak begins with; −1 for none.
    var streakRun: Int32 = -1
    var isMissing = false
}

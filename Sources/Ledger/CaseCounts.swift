internal import MetricModel

/// Results of cases by how they went.
package struct CaseCounts: BitwiseCopyable, Sendable, Equatable {
    package private(set) var passed: Int32 = 0
    package private(set) var failed: Int32 = 0
    package private(set) var error: Int32 = 0
    package private(set) var skipped: Int32 = 0
    package private(set) var flaky: Int32 = 0

    init() {}

    init(passed: Int, failed: Int, error: Int, skipped: Int, flaky: Int) {
        self.passed = Int32(clamping: passed)
        self.failed = Int32(clamping: failed)
        self.error = Int32(clamping: error)
        self.skipped = Int32(clamping: skipped)
        self.flaky = Int32(clamping: flaky)
    }

    mutating func add(_ outcome: CaseOutcome, _ count: Int32 = 1) {
        switch outcome {
        case .passed: passed &+= count
        case .failed: failed &+= count
        case .error: error &+= count
        case .skipped: skipped &+= count
        case .flaky: flaky &+= count
        }
    }

    static func += (left: inout Self, right: Self) {
        left.passed &+= right.passed
        left.failed &+= right.failed
        left.error &+= right.error
        left.skipped &+= right.skipped
        left.flaky &+= right.flaky
    }

    static func -= (left: inout Self, right: Self) {
        left.passed &-= right.passed
        left.failed &-= right.failed
        left.error &-= right.error
        left.skipped &-= right.skipped
        left.flaky &-= right.flaky
    }

    /// Without the skipped ones.
    var ranCount: Int { Int(passed) + Int(failed) + Int(error) + Int(flaky) }

    var badCount: Int { Int(failed) + Int(error) }

    /// (passed + flaky) / (passed + flaky + failed + error); nil where that is 0 / 0.
    var passRatio: Double? {
        ranCount == 0 ? nil : Double(ranCount - badCount) / Double(ranCount)
    }

    /// At least ten cases, of which at least 80 % are bad: that is not the tests' fault.
    var isInfrastructureFailure: Bool { ranCount >= 10 && badCount * 10 >= ranCount * 8 }
}

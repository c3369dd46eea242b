import MetricModel

/// Runs of generated tests: a hundredth of them flaky, a few failures elsewhere, suites of fifty.
struct GeneratedRuns {
    private let names: [String]
    private let suites: [String]
    private let sliceCount: Int
    private var state: UInt64 = 1
    private var runCount = 0

    init(testCount: Int, sliceCount: Int) {
        names = (0..<testCount).map {
            "tests/area_\($0 / 1_000)/test_module_\($0 / 50).py::TestSuite::test_case_\($0)"
        }
        suites = (0...testCount / 50).map { "tests/area_\($0 / 20)/test_module_\($0).py" }
        self.sliceCount = sliceCount
    }

    /// The decisions of a run of the first `testCount` tests; the last one is its end.
    mutating func next(end: Int64, testCount: Int) -> [OutcomeBatch] {
        runCount += 1
        var run = RunChange(
            key: RunKey(bytes: Array("run \(runCount)".utf8)), service: "checkout", environment: "ci",
            revision: "\(runCount)" + String(repeating: "f", count: 36), branch: "main",
            start: end - 600_000, end: end)
        let slices = stride(from: 0, to: testCount, by: sliceCount).map { first in
            let last = min(testCount, first + sliceCount)
            let results = (first..<last).map { result(of: $0, run, end) }
            return OutcomeBatch(decided: end + 5_000, results: results, runs: [run])
        }
        run.ended = .failed
        return slices + [OutcomeBatch(decided: end + 6_000, runs: [run])]
    }

    private mutating func result(of test: Int, _ run: RunChange, _ end: Int64) -> CaseResult {
        // xorshift: it only has to be cheap.
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        let seconds = Double(state >> 40) / 1e7
        let chance = Int(state & 1_023)
        let fails = test % 100 == 7 ? chance < 100 : chance == 0
        let failed = CaseAttempt(
            outcome: .failed, seconds: seconds, pattern: "AssertionError: stock #, area \(test / 1_000)")
        let passed = CaseAttempt(outcome: .passed, seconds: seconds)
        return CaseResult(
            run: run.key, service: run.service, environment: run.environment, test: names[test],
            suite: suites[test / 50], file: suites[test / 50], worker: "gw\(test & 7)",
            attempts: fails ? (chance & 1 == 0 ? [failed, failed] : [failed, passed]) : [passed],
            end: end - Int64(test % 600_000), seconds: seconds, busySeconds: seconds)
    }
}

import Configuration
import Foundation
import Ledger
import MetricModel
import Service

/// What came of a run of tests, for people.
struct RunSummary {
    private var counts: [CaseOutcome: Int] = [:]
    private var services: Set<String> = []
    private var slowest: [ResultReport] = []
    private var retryCount = 0
    private var wastedSeconds = 0.0
    private var tests: [TestReport] = []
    /// The tests of which there are results.
    private(set) var knownTests: Set<TestKey> = []

    private static let shownCountMax = 10
    private static let slowestCount = 5

    /// Reads what the ledger has of the runs that began at or after `since`, in milliseconds since 1970.
    ///
    /// - Throws: `StoreError` where it cannot be read.
    init(_ settings: Settings, since: Int64) throws {
        let options = HistoryOptions(settings, keepsPatternsOfTests: true)
        var results: [ResultReport] = []
        try Store.readResults(directory: settings.data.text, options) { run, own in
            if run.end >= since { results += own }
        }
        for result in results { add(result) }
        slowest = Array(results.sorted { $0.seconds > $1.seconds }.prefix(Self.slowestCount))
        var loader = HistoryLoader(options)
        try Store.read(directory: settings.data.text, loading: &loader)
        var history = loader.finish()
        while history.refresh(now: Int64(Date().timeIntervalSince1970 * 1_000)) {}
        tests = history.report().filter { services.contains($0.service) }
    }

    private mutating func add(_ result: ResultReport) {
        counts[result.outcome, default: 0] += 1
        services.insert(result.service)
        knownTests.insert(TestKey(result.test))
        retryCount += result.attempts.count - 1
        wastedSeconds += result.attempts.dropLast().reduce(0) { $0 + $1.seconds }
    }

    /// Some lines; the first says how many cases there were.
    var text: String {
        let total = counts.values.reduce(0, +)
        guard total > 0 else {
            return "spanmeter: no test sent a span; is its tracing on?\n"
        }
        let words = CaseOutcome.allCases.compactMap { outcome in counts[outcome].map { "\($0) \(outcome)" } }
        var lines = [
            "spanmeter: \(total) \(total == 1 ? "case" : "cases") of \(services.sorted().joined(separator: ", ")): "
                + words.joined(separator: ", ")
        ]
        let known = tests.filter { knownTests.contains(TestKey($0.test)) }
        for state in [TestReport.State.broken, .flaky] {
            lines += list(known.filter { $0.state == state }, as: state.rawValue)
        }
        let newCount = known.count { $0.state == .new }
        if newCount > 0 { lines.append("  new      \(newCount), with too few results for a state") }
        lines += list(tests.filter(\.isMissing), as: "missing")
        for result in slowest where result.seconds >= 0.01 {
            lines.append("  slowest  \(String(format: "%.2f s", result.seconds)) \(result.test)")
        }
        if retryCount > 0 {
            lines.append("  retries  \(retryCount), \(String(format: "%.2f s", wastedSeconds)) thrown away")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func list(_ tests: [TestReport], as word: String) -> [String] {
        var lines = tests.prefix(Self.shownCountMax).map { test in
            var line = "  " + word.padding(toLength: 9, withPad: " ", startingAt: 0) + test.test
            if let streak = test.streak, test.state == .broken {
                line +=
                    ", since \(streak.revision.map { String($0.prefix(12)) } ?? "\(streak.count) results")"
            }
            if let pattern = test.pattern { line += " (\(pattern))" }
            return line
        }
        if tests.count > Self.shownCountMax {
            lines.append(
                "  \(word.padding(toLength: 9, withPad: " ", startingAt: 0))and \(tests.count - Self.shownCountMax) more"
            )
        }
        return lines
    }
}

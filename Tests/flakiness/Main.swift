import ArgumentParser
import Simulation

/// Holds the rule for flaky tests, and simpler ones, against simulated histories: the table in README.md.
@main struct FlakinessMeasurement: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flakiness", abstract: "Prints precision and recall of rules for flaky tests.")

    @Option(help: "Histories of each kind.")
    var histories = 10_000

    @Option(help: "What the histories follow from.")
    var seed: UInt64 = 1

    @Option(parsing: .upToNextOption, help: "Failure rates of flaky tests in percent.")
    var rates = [1.0, 2, 5, 10, 20, 50]

    @Option(parsing: .upToNextOption, help: "Runs of a history.")
    var windows = [10, 20, 50, 100, 200]

    func run() throws {
        let rules = FlakyRule.allCases
        let names = ["spanmeter, one retry"] + rules.map(\.rawValue)
        print("| failures of flaky tests | runs | \(names.joined(separator: " | ")) |")
        print("|--:|--:|" + String(repeating: "--:|", count: names.count))
        for rate in rates {
            for window in windows {
                let scores = RuleScore.scores(
                    failureRate: rate / 100, runCount: window, historyCount: histories, seed: seed)
                let retried = RuleScore.scores(
                    failureRate: rate / 100, runCount: window, hasRetry: true, historyCount: histories,
                    seed: seed)
                let cells = ([retried[.ledger]] + rules.map { scores[$0] }).map { score in
                    "\(percent(score?.precision)) / \(percent(score?.recall))"
                }
                print("| \(percent(rate / 100)) | \(window) | \(cells.joined(separator: " | ")) |")
            }
        }
    }

    private func percent(_ value: Double?) -> String {
        value.map { "\(Int(($0 * 100).rounded())) %" } ?? "–"
    }
}

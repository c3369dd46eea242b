import ArgumentParser
import Simulation

/// Holds the tests for experiments against simulated ones: the tables in README.md; and answers a script that
/// compares them with other implementations.
@main struct ExperimentMeasurement: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiments",
        abstract: "Prints how often tests call a difference that is none, and one that is.")

    @Option(help: "Experiments of each kind.")
    var experiments = 10_000

    @Option(help: "What the experiments follow from.")
    var seed: UInt64 = 1

    @Option(help: "Looks at an experiment as it grows.")
    var looks = 20

    @Option(help: "Results of each arm in the end.")
    var count = 400

    @Flag(help: "Answer lines of standard input, such as 'fisher 18 20 12 20', instead.")
    var answer = false

    func run() throws {
        guard !answer else {
            while let line = readLine() { print(Question(line).answer) }
            return
        }
        print("| design | passes | two proportions, every look | sequential, every look |")
        print("|---|--:|--:|--:|")
        for design in ExperimentDesign.allCases {
            for chance in [0.5, 0.8, 0.9, 0.95] {
                let rates = rates(design, chance, rise: 0)
                print(
                    "| \(design.rawValue) | \(percent(chance, 0)) | \(percent(rates.peekedTwoProportion))"
                        + " | \(percent(rates.sequential)) |")
            }
        }
        print()
        print("| design | passes | two proportions | Fisher | McNemar | sequential, one look | every look |")
        print("|---|--:|--:|--:|--:|--:|--:|")
        for design in ExperimentDesign.allCases {
            for (chance, rise) in [(0.8, 0.05), (0.8, 0.1), (0.9, 0.05), (0.5, 0.1)] {
                let rates = rates(design, chance, rise: rise)
                let cells = [
                    rates.twoProportion, rates.fisher, rates.mcNemar, rates.sequentialAtEnd, rates.sequential,
                ]
                print(
                    "| \(design.rawValue) | \(percent(chance, 0)) → \(percent(chance + rise, 0)) | "
                        + cells.map { percent($0) }.joined(separator: " | ") + " |")
            }
        }
    }

    private func rates(_ design: ExperimentDesign, _ chance: Double, rise: Double) -> CallRates {
        CallRates(
            design, chance: chance, rise: rise, count: count, lookCount: looks, experimentCount: experiments,
            seed: seed)
    }

    private func percent(_ value: Double, _ digits: Int = 1) -> String {
        let tenths = Int((value * 1_000).rounded())
        return digits == 0 ? "\((tenths + 5) / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }
}

import ArgumentParser
import Ledger

/// `spanmeter experiment`: which arm is better, and how sure that is.
struct ExperimentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment",
        abstract: "Show experiments: their arms, which is better, and how sure that is.",
        discussion: """
            Reads the data directory of 'spanmeter serve', also while that is running, and changes nothing.

              spanmeter experiment list
              spanmeter experiment show haiku-2026-11

            States:
              too_few        an arm has fewer than 20 results
              srm            the arms did not get their shares of the results (p below
                             0.001), so that nothing can be said of them
              winner         an arm is better, or the one in force better than all others
              no_difference  whatever the difference is, it is below 5 points
              running        none of these

            The state, the gain's interval and the sequential p hold at every look. Each arm is held against the one \
            whose results are production's own (control), or else the first by name.
            """,
        subcommands: [List.self, Show.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all experiments, the latest first.")
        @OptionGroup var options: TrialOptions

        func run() async throws {
            let reports = try options.reports { $0.experimentReports() }
            print(
                options.format == .json
                    ? TrialJSON.text(experiments: reports) : TrialPrinting.list(experiments: reports),
                terminator: "")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show an experiment with all its figures.")
        @Argument(help: "The experiment's id.")
        var id: String
        @OptionGroup var options: TrialOptions

        func run() async throws {
            let reports = try options.reports(named: id, "experiment") { $0.experimentReports() }
            print(
                options.format == .json
                    ? TrialJSON.text(experiments: reports)
                    : reports.map { TrialPrinting.text(experiment: $0) }.joined(separator: "\n"),
                terminator: "")
        }
    }
}

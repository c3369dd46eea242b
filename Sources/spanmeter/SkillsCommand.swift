import ArgumentParser
import Ledger

/// `spanmeter skills`: what the last change of a skill did.
struct SkillsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skills",
        abstract: "Show skills, their changes, and what these did.",
        discussion: """
            Reads the data directory of 'spanmeter serve', also while that is running, and changes nothing; refresh \
            has the repository looked at.

              spanmeter skills list
              spanmeter skills show jira-search
              spanmeter skills refresh

            Results of treatments and of branches other than tests.branches count for nothing.
            """,
        subcommands: [List.self, Show.self, SkillsRefresh.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all skills, the last changed first.")
        @OptionGroup var options: TrialOptions

        func run() async throws {
            let reports = try options.reports { $0.skillReports() }
            print(
                options.format == .json
                    ? TrialJSON.text(skills: reports) : TrialPrinting.list(skills: reports),
                terminator: "")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a skill's changes, and how it did before and since the last one.")
        @Argument(help: "The skill's name.")
        var name: String
        @OptionGroup var options: TrialOptions

        func run() async throws {
            let reports = try options.reports(named: name, "skill", keepsDiffs: true) { $0.skillReports() }
            print(
                options.format == .json
                    ? TrialJSON.text(skills: reports)
                    : reports.map { TrialPrinting.text(skill: $0) }.joined(separator: "\n"),
                terminator: "")
        }
    }
}

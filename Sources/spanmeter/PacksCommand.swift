import ArgumentParser
import Configuration

/// `spanmeter packs`: what metrics are derived from which spans.
struct PacksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "packs",
        abstract: "List the packs, or print one as a starting point for your own.",
        discussion: """
            A pack is a YAML file: which attributes mean what, which spans are counted, and the rules, alerts and \
            dashboards on top. Your own packs are named in spanmeter.yaml under packs.files.

              spanmeter packs list
              spanmeter packs show NAME > packs/mine.yaml
            """,
        subcommands: [List.self, Show.self]
    )

    /// `spanmeter packs list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the built-in packs and your own, with their titles and whether they are used."
        )

        @OptionGroup var file: ConfigurationFileFlag

        func run() async throws {
            for line in try listPacks(file.settings()) { print(line) }
        }
    }

    /// `spanmeter packs show NAME`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Print a pack's YAML as it is."
        )

        @OptionGroup var file: ConfigurationFileFlag

        @Argument(help: "The pack's name, as 'spanmeter packs list' shows it.")
        var name: String

        func run() async throws {
            print(try packText(named: name, file.settings()), terminator: "")
        }
    }
}

/// One line per pack.
private func listPacks(_ settings: Settings) throws -> [String] {
    throw CommandError(.failure, "this build has no packs yet")
}

/// The YAML of the pack of that name.
private func packText(named name: String, _ settings: Settings) throws -> String {
    throw CommandError(.usage, "pack '\(name)' does not exist; wanted a name of 'spanmeter packs list'")
}

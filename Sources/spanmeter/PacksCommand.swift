import ArgumentParser
import Configuration
import Packs

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

/// One line per pack: name, whether it is in force, title, meters and where it is from.
private func listPacks(_ settings: Settings) throws -> [String] {
    let sources = try LoadedPacks.sources(settings)
    let inForce = Set(try LoadedPacks.all(settings).packs.map(\.name))
    var everything = settings
    everything.packs.enabled = nil
    everything.packs.disabled = []
    let packs = try LoadedPacks.all(everything).packs
    let width = packs.map(\.name.count).max() ?? 0
    return zip(packs, sources).map { pack, source in
        let name = pack.name + String(repeating: " ", count: width - pack.name.count)
        let state = inForce.contains(pack.name) ? "on " : "off"
        let origin = source.isBuiltIn ? "built in" : source.file
        return "\(name)  \(state)  \(pack.title) (\(pack.meters.count) meters, \(origin))"
    }
}

/// The YAML of the pack of that name.
private func packText(named name: String, _ settings: Settings) throws -> String {
    var everything = settings
    everything.packs.enabled = nil
    everything.packs.disabled = []
    let sources = try LoadedPacks.sources(settings)
    if name == "common" { return PackSource.common.text }
    let packs = try LoadedPacks.all(everything).packs
    for (pack, source) in zip(packs, sources) where pack.name == name { return source.text }
    let hint = Nearest.name(to: name, among: packs.map(\.name)).map { "; did you mean '\($0)'" } ?? ""
    throw CommandError(
        .usage, "no pack is called '\(name)'\(hint) (known: \(packs.map(\.name).joined(separator: ", ")))"
    )
}

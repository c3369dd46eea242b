import ArgumentParser
import Configuration
import Kit
import Packs

/// `spanmeter generate`: dashboards, rules and alerts out of the packs.
struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write dashboards, rules, alerts, their routing and runbooks out of the packs.",
        discussion: """
            Writes Grafana/, PrometheusRules/ and Compose/alertmanager/ below DIR from the packs in force and \
            the configuration, and removes what an earlier run wrote and nobody declares any more. Other files \
            there are left alone.

              spanmeter generate
              spanmeter generate --out deploy --config spanmeter.yaml
              spanmeter generate --check

            Nothing is written while 'spanmeter check' finds errors in them.

            With --check nothing is written; what is missing, stale or left over is named with its first \
            difference, and the exit code is 1.
            """
    )

    @OptionGroup var file: ConfigurationFileFlag

    @Option(help: ArgumentHelp("The folder that holds these folders.", valueName: "DIR"))
    var out = "."

    @Flag(help: "Write nothing; say what is not as it would be written.")
    var check = false

    func run() async throws {
        let settings = try file.settings()
        let packs = try LoadedPacks.all(settings)
        let errors = KitLint.findings(packs: packs, settings: settings.kit).filter { $0.severity == .error }
        for error in errors { StandardError.print("spanmeter: \(error)") }
        guard errors.isEmpty else {
            StandardError.print(
                "spanmeter: nothing was written; 'spanmeter check' says all that is to be mended")
            throw CommandError(.failure, nil)
        }
        let files = Kit.files(packs: packs, settings: settings.kit)
        let changes = try KitFolder(path: out).changes(to: files)
        if check {
            for change in changes { StandardError.print("spanmeter: \(change.problem)") }
            guard changes.isEmpty else {
                StandardError.print("spanmeter: 'spanmeter generate' writes them anew")
                throw CommandError(.failure, nil)
            }
            print("\(files.count) generated files are as the packs say")
            return
        }
        for change in changes {
            try KitFolder(path: out).apply(change)
            print(change.done)
        }
        if changes.isEmpty { print("nothing to do: \(files.count) generated files are as the packs say") }
    }
}

import ArgumentParser
import Configuration
import Kit
import Packs

/// `spanmeter check`: says what is wrong with the configuration and the packs, without starting anything.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration and the packs without starting anything.",
        discussion: """
            Reads what 'spanmeter serve' would read and reports every problem with its file and line: exit code 2 \
            for the configuration, 1 for the packs. Rules, alerts and boards are held against the series that \
            there are; warnings among what is found fail with --strict only.

              spanmeter check
              spanmeter check --config ci/spanmeter.yaml --settings
              spanmeter check --strict
              spanmeter check --options
            """
    )

    @OptionGroup var file: ConfigurationFileFlag

    @Flag(help: "Print every option with its type, default, flag and variable, and check nothing.")
    var options = false

    @Flag(help: "Print the values in force and where each comes from.")
    var settings = false

    @Flag(help: "Fail also where there are only warnings.")
    var strict = false

    func validate() throws {
        if options && settings {
            throw ValidationError("--options and --settings were both given; wanted one of them")
        }
    }

    func run() async throws {
        if options {
            print(ConfigurationReference.text, terminator: "")
            return
        }
        let settings = try file.settings()
        let findings = try checkPacks(settings)
        for finding in findings { StandardError.print("spanmeter: \(finding.text)") }
        guard !findings.contains(where: { strict || $0.isError }) else { throw CommandError(.failure, nil) }
        if self.settings {
            for option in settings.effective { print("\(option.key): \(option.text)  # \(option.origin)") }
        } else {
            print("configuration and packs are fine (\(settings.file?.text ?? "no configuration file"))")
        }
    }
}

/// What is wrong with the packs that `settings` names, one line each; empty where they are fine.
private func checkPacks(_ settings: Settings) throws -> [(text: String, isError: Bool)] {
    do {
        let packs = try LoadedPacks.all(settings)
        return KitLint.findings(packs: packs, settings: settings.kit).map { finding in
            (finding.description, finding.severity == .error)
        }
    } catch let error as PackProblems {
        return error.problems.map { ($0.description, true) }
    }
}

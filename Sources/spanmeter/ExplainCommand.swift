import ArgumentParser
import Configuration

/// `spanmeter explain`: shows what captured spans would become, without serving.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show which metrics captured spans become, and why.",
        discussion: """
            Reads captured request bodies as 'spanmeter replay' does, derives metrics with your configuration and \
            packs, and prints for each span the meters that took it, or what was missing. Nothing is sent or kept.

              spanmeter explain captures/run01
              spanmeter explain --config ci/spanmeter.yaml captures/run01/000.bin
            """
    )

    @OptionGroup var file: ConfigurationFileFlag

    @Argument(help: ArgumentHelp("Captured bodies, or directories of them.", valueName: "PATH"))
    var paths: [String]

    func run() async throws {
        let settings = try file.settings()
        let found = try CaptureFinder.captures(at: paths)
        try explain(found.captures, settings)
    }
}

/// Prints what the spans of `captures` become.
private func explain(_ captures: [Capture], _ settings: Settings) throws {
    throw CommandError(.failure, "this build cannot explain yet")
}

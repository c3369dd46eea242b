import ArgumentParser

/// The root of the commands; alone it shows the help.
struct Spanmeter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spanmeter",
        abstract: "OpenTelemetry spans in, Prometheus metrics out.",
        discussion: """
            Test runs and applications send their spans to 'spanmeter serve'; Prometheus scrapes it.

              spanmeter serve
              OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 your-test-command
              curl localhost:9464/metrics

            No configuration is needed. 'spanmeter check --options' lists what a spanmeter.yaml can say.

            Exit codes: 0 fine, 1 something went wrong or was found, 2 wrong usage or configuration.
            """,
        version: "spanmeter \(Version.current)",
        subcommands: [
            ServeCommand.self, CheckCommand.self, PacksCommand.self, ExplainCommand.self, ReplayCommand.self,
            RunCommand.self, IngestCommand.self, TestsCommand.self, ExperimentCommand.self,
            SkillsCommand.self, GenerateCommand.self,
            ProvisionCommand.self,
        ]
    )
}

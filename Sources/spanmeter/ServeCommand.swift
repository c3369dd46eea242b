import ArgumentParser
import Configuration

/// `spanmeter serve`: receives spans and serves metrics until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Receive spans and serve metrics until SIGTERM or SIGINT.",
        discussion: """
            Listens for OTLP on localhost and answers Prometheus on localhost:9464/metrics. Each flag can also be \
            set by its environment variable or in spanmeter.yaml; the flag wins, then the variable.

              spanmeter serve
              spanmeter serve --otlp-http 0.0.0.0:4318 --metrics 0.0.0.0:9464
              spanmeter serve --config /etc/spanmeter/spanmeter.yaml
              SPANMETER_ENVIRONMENT=ci spanmeter serve

            All problems of the configuration are reported together, and nothing is started.
            """
    )

    @OptionGroup var flags: ConfigurationFlags

    func run() async throws {
        try await serve(flags.settings())
    }
}

/// Runs the service until it is told to stop.
private func serve(_ settings: Settings) async throws {
    throw CommandError(.failure, "this build cannot serve yet")
}

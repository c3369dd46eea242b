import ArgumentParser

@main
struct Spanmeter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "OpenTelemetry spans in, Prometheus metrics out.")
}

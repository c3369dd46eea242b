import ArgumentParser
import Configuration
import Delivery
import Logging
import Service

/// `spanmeter skills refresh`: has the repository looked at now.
struct SkillsRefresh: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Look into the repository of skills at once.",
        discussion: """
            Asks the running 'spanmeter serve' at the metrics address. Where none answers, the repository is read \
            into the data directory, as it would be by the service.

              spanmeter skills refresh
              spanmeter skills refresh --metrics localhost:9464
            """)
    @OptionGroup var flags: ConfigurationFlags

    func run() async throws {
        let settings = try flags.settings()
        if let answer = try Self.ask(settings.metrics) {
            let text =
                String(decoding: answer.body.prefix(1 << 10), as: UTF8.self).split(separator: "\n").first
                ?? ""
            switch answer.status {
            case 200: print(text)
            case 404:
                throw CommandError(
                    .failure,
                    "\(settings.metrics.configurationText) watches no skills; wanted skills.repository there")
            default: throw CommandError(.failure, "\(settings.metrics.configurationText): \(text)")
            }
            return
        }
        try await Self.look(settings)
    }

    /// The answer of the service; nil where none is there.
    private static func ask(_ address: Configuration.ListenAddress) throws -> HTTPResponse? {
        let host =
            switch address.host {
            case "0.0.0.0": "127.0.0.1"
            case "::": "::1"
            default: address.host
            }
        if address.port == 0 { return nil }
        let name = host.contains(":") ? "[\(host)]" : host
        var client = try HTTPClient(
            userAgent: Version.userAgent, limits: HTTPClient.Limits(timeout: .seconds(150)))
        do throws(DeliveryError) {
            return try client.send(
                HTTPRequest(.post, "http://\(name):\(address.port)/-/skills/refresh"))
        } catch .unreachable {
            return nil
        } catch {
            throw CommandError(.failure, "\(error)", cause: error)
        }
    }

    /// Does what the service would do, with nobody else at the data directory.
    private static func look(_ settings: Settings) async throws {
        guard settings.skills != nil else {
            throw CommandError(.usage, "skills.repository is not set; wanted a directory of a git repository")
        }
        var settings = settings
        let anywhere = Configuration.ListenAddress(host: "127.0.0.1", port: 0)
        (settings.otlpGRPC, settings.otlpHTTP, settings.metrics) = (anywhere, anywhere, anywhere)
        settings.keeping.linger = .zero
        settings.remoteWrite = nil
        let log = Logger(label: "spanmeter") { label in
            LineLogHandler(label: label, format: settings.logFormat, level: .error)
        }
        let sidecar = try await Sidecar.start(
            settings, packs: try LoadedPacks.all(settings), version: Version.current, log: log)
        do throws(ServiceError) {
            let count = try await sidecar.lookAtSkills() ?? 0
            await sidecar.drain()
            print("new changes: \(count)")
        } catch {
            await sidecar.drain()
            throw CommandError(.failure, "\(error)", cause: error)
        }
    }
}

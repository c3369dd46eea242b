import Foundation
import Glibc
import NIOCore

/// A server started for one run, in a data directory of its own that goes with it.
final class SpawnedServer {
    let server: Server
    private let child: ChildProcess
    private let directory: URL

    /// What the server is to be configured with.
    enum Configuration {
        case builtIn
        /// Path of a file of the user's.
        case file(String)
        /// One meter with three dimensions, as the published comparison has it.
        case peersShape
    }

    private static let peersShape = """
        packs:
          enabled: [spanmetrics]
          options:
            spanmetrics:
              dimensions: [worker_id, error_type, skill.name]

        """

    /// Starts the program and waits for its ready line, at most 60 s.
    ///
    /// - Parameter isGRPC: which of its OTLP addresses the load will use.
    static func start(
        _ program: String, configuration: Configuration, isGRPC: Bool
    ) async throws -> SpawnedServer {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("spanmeter-load-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        do {
            var arguments = ["serve"]
            for listener in ["--otlp-grpc", "--otlp-http", "--metrics"] {
                arguments += [listener, "127.0.0.1:0"]
            }
            arguments += ["--data", directory.appendingPathComponent("data").path]
            switch configuration {
            case .builtIn: break
            case .file(let path): arguments += ["--config", path]
            case .peersShape:
                let file = directory.appendingPathComponent("spanmeter.yaml")
                try peersShape.write(to: file, atomically: true, encoding: .utf8)
                arguments += ["--config", file.path]
            }
            let child = try ChildProcess(
                program,
                arguments: arguments,
                output: directory.appendingPathComponent("stdout").path,
                errors: directory.appendingPathComponent("stderr").path
            )
            return try await SpawnedServer(child, directory: directory, isGRPC: isGRPC)
        } catch {
            try? FileManager.default.removeItem(at: directory)
            throw error
        }
    }

    private init(_ child: ChildProcess, directory: URL, isGRPC: Bool) async throws {
        self.child = child
        self.directory = directory
        let output = directory.appendingPathComponent("stdout")
        let deadline = NIODeadline.now() + .seconds(60)
        var ready: [String: String]?
        while ready == nil {
            ready = Self.readyLine(in: try String(contentsOf: output, encoding: .utf8))
            guard ready == nil else { break }
            guard child.exitCode() == nil, NIODeadline.now() < deadline else {
                child.signal(SIGKILL)
                throw LoadError("the server printed no ready line; its stderr: \(Self.lastWords(directory))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        guard let otlp = ready?[isGRPC ? "otlp-grpc" : "otlp-http"], let metrics = ready?["metrics"] else {
            child.signal(SIGKILL)
            throw LoadError("the server's ready line lacks an address: \(ready ?? [:])")
        }
        server = Server(
            processID: child.processID,
            otlp: try Server.Endpoint(otlp),
            metrics: try Server.Endpoint(metrics)
        )
    }

    /// `spanmeter ready: otlp-grpc=127.0.0.1:4317 otlp-http=… metrics=…`: of each listener the first address.
    private static func readyLine(in text: String) -> [String: String]? {
        let lines = text.split(separator: "\n")
        guard text.hasSuffix("\n") else { return nil }
        guard let line = lines.first(where: { $0.contains("ready:") }) else { return nil }
        var addresses: [String: String] = [:]
        for word in line.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let first = parts[1].split(separator: ",").first else { continue }
            addresses[String(parts[0])] = String(first)
        }
        return addresses
    }

    /// Asks the server to stop and waits; it may linger until its scraper has seen the final values.
    ///
    /// - Parameter scrape: reads `/metrics` once more; it is called until the process has ended.
    /// - Returns: a complaint, or `nil` when it stopped in time with exit code 0.
    func stop(scrape: () async -> Void) async -> String? {
        defer { try? FileManager.default.removeItem(at: directory) }
        if let code = child.exitCode() {
            return "the server ended by itself with \(code): \(Self.lastWords(directory))"
        }
        child.signal(SIGTERM)
        let deadline = NIODeadline.now() + .seconds(60)
        while NIODeadline.now() < deadline {
            if let code = child.exitCode() {
                return code == 0 ? nil : "the server ended with \(code): \(Self.lastWords(directory))"
            }
            await scrape()
            try? await Task.sleep(for: .milliseconds(100))
        }
        child.signal(SIGKILL)
        return "the server did not stop within 60 s of SIGTERM"
    }

    private static func lastWords(_ directory: URL) -> String {
        let errors = directory.appendingPathComponent("stderr")
        return String(((try? String(contentsOf: errors, encoding: .utf8)) ?? "").suffix(2_000))
    }
}

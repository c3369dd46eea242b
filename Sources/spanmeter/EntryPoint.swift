import ArgumentParser
import Configuration
import Delivery
import Glibc
import Packs
import Service

/// Parses the command line, runs the command, and turns every error into one line and an exit code.
@main
enum EntryPoint {
    static func main() async {
        do {
            var command = try Spanmeter.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(report(error))
        }
    }

    /// Prints what `error` says and returns the exit code.
    private static func report(_ error: any Error) -> Int32 {
        switch error {
        case let error as CommandError:
            if let message = error.message { StandardError.print("spanmeter: \(message)") }
            return error.code.rawValue
        case let code as ExitCode: return code.rawValue
        case let error as ConfigurationError:
            for problem in error.problems { StandardError.print("spanmeter: \(problem)") }
            return CommandError.Code.usage.rawValue
        case let error as PackProblems:
            for problem in error.problems { StandardError.print("spanmeter: \(problem)") }
            return CommandError.Code.usage.rawValue
        case let error as ServiceError:
            StandardError.print("spanmeter: \(error)")
            return CommandError.Code.failure.rawValue
        case let error as DeliveryError:
            StandardError.print("spanmeter: \(error)")
            // Only a command line or a configuration can bring a bad URL.
            if case .badURL = error { return CommandError.Code.usage.rawValue }
            return CommandError.Code.failure.rawValue
        default:
            return reportParserError(error)
        }
    }

    /// Help and version are errors to the argument parser, too; its own code for wrong usage is 64.
    private static func reportParserError(_ error: any Error) -> Int32 {
        let code = Spanmeter.exitCode(for: error)
        if code == .success {
            print(Spanmeter.fullMessage(for: error))
            return 0
        }
        StandardError.print("spanmeter: \(oneLine(Spanmeter.message(for: error)))")
        guard code == .validationFailure else { return CommandError.Code.failure.rawValue }
        let usage = Spanmeter.fullMessage(for: error).split(separator: "\n").drop { !$0.hasPrefix("Usage:") }
        if let line = usage.first { StandardError.print("usage:\(line.dropFirst("Usage:".count))") }
        return CommandError.Code.usage.rawValue
    }

    /// The argument parser's sentences in our style: one line, first letter small, no full stop.
    private static func oneLine(_ message: String) -> String {
        var text = message.split(separator: "\n").joined(separator: " ")
        text = text.replacing(". Did you mean", with: "; did you mean")
        if text.hasSuffix(".") || text.hasSuffix("?") { text.removeLast() }
        guard let first = text.first, text.dropFirst().first?.isUppercase != true else { return text }
        return first.lowercased() + text.dropFirst()
    }
}

/// Lines for people, apart from a command's output.
enum StandardError {
    /// Whether a person is likely to read along.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes a line.
    static func print(_ line: String) {
        write(line + "\n")
    }

    /// Writes text as it is.
    static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

import Foundation

/// What a finished process left behind.
struct CommandResult {
    let code: Int32
    let output: String
    let errors: String

    /// The lines on standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
}

/// Runs the built binary, which lies beside the test bundle, in a directory of its own.
func spanmeter(
    _ arguments: String..., environment: [String: String] = [:], in directory: TemporaryDirectory? = nil
) throws -> CommandResult {
    try spanmeter(arguments, environment: environment, in: directory)
}

/// Runs the built binary, which lies beside the test bundle, in a directory of its own.
func spanmeter(
    _ arguments: [String], environment: [String: String] = [:], in directory: TemporaryDirectory? = nil
) throws -> CommandResult {
    let own = try directory ?? TemporaryDirectory()
    let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let process = Process()
    process.executableURL = URL(filePath: bundle).deletingLastPathComponent().appending(path: "spanmeter")
    process.arguments = arguments
    process.environment = ["HOME": own.path, "COLUMNS": "80"].merging(environment) { $1 }
    process.currentDirectoryURL = URL(filePath: own.path)
    let outputFile = own.path + "/.output"
    let errorFile = own.path + "/.errors"
    for file in [outputFile, errorFile] { try Data().write(to: URL(filePath: file)) }
    process.standardOutput = FileHandle(forWritingAtPath: outputFile)
    process.standardError = FileHandle(forWritingAtPath: errorFile)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return CommandResult(
        code: process.terminationStatus,
        output: try String(contentsOfFile: outputFile, encoding: .utf8),
        errors: try String(contentsOfFile: errorFile, encoding: .utf8)
    )
}

/// A directory that is gone when nobody holds it any more.
final class TemporaryDirectory {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "spanmeter-command-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file, and its directories where they are missing.
    func write(_ bytes: [UInt8], to name: String) throws {
        let url = URL(filePath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    /// Writes a text file.
    func write(_ text: String, to name: String) throws {
        try write(Array(text.utf8), to: name)
    }
}

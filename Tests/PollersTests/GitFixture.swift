import Foundation
import Testing

/// A git repository of a test, in a directory of its own that goes with it.
final class GitFixture {
    let path: String
    /// Seconds since 1970 of the next commit.
    var time = 1_700_000_000

    init(named name: String = "repo", isRepository: Bool = true) throws {
        path = NSTemporaryDirectory() + "spanmeter-git-\(UUID().uuidString)/" + name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        if isRepository { try git("init", "-q", "-b", "main") }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
    }

    @discardableResult
    func git(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        let date = "\(time) +0000"
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": path,
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.org", "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_DATE": date,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "git \(arguments)")
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    func write(_ file: String, _ content: String) throws { try write(file, Data(content.utf8)) }

    func write(_ file: String, _ content: Data) throws {
        let full = path + "/" + file
        try FileManager.default.createDirectory(
            atPath: (full as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try content.write(to: URL(fileURLWithPath: full))
    }

    /// Commits everything as it is, a minute after the commit before.
    @discardableResult
    func commit() throws -> String {
        time += 60
        try git("add", "-A")
        try git("commit", "-q", "--allow-empty", "-m", "change")
        return try git("rev-parse", "HEAD")
    }

    func blob(_ file: String) throws -> String { try git("rev-parse", "HEAD:\(file)") }
}

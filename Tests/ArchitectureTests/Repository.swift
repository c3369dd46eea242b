import Foundation

/// The repository that this file was compiled from.
enum Repository {
    /// Its top directory.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The files below a directory of the repository that end in `suffix`, sorted by path.
    static func files(below directory: String, suffix: String) throws -> [SourceFile] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: directory).path)
        return try paths.filter { $0.hasSuffix(suffix) }.sorted().map { path in
            try file("\(directory)/\(path)")
        }
    }

    /// The names of the folders in a directory of the repository.
    static func folders(in directory: String) throws -> [String] {
        let url = root.appending(path: directory)
        return try FileManager.default.contentsOfDirectory(
            at: url, includingPropertiesForKeys: [.isDirectoryKey]
        )
        .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
        .map(\.lastPathComponent)
    }

    /// A file of the repository.
    static func file(_ path: String) throws -> SourceFile {
        SourceFile(path: path, text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
    }
}

/// A file's path, from the top of the repository, and its text.
struct SourceFile: Sendable {
    let path: String
    let text: String

    /// Its last component.
    var name: String { URL(filePath: path).lastPathComponent }

    /// The folder below Sources that it is in: its module.
    var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// Its lines, empty ones included.
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
}

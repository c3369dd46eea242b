import Foundation

/// Captured request bodies of real clients under Tests/Fixtures.
enum Fixtures {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    /// The bodies of a run in numeric order, gunzipped.
    static func bodies(_ run: String) throws -> [[UInt8]] {
        let folder = root.appending(path: run)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".bin") }.sorted()
        return try names.map { name in
            let data = try Data(contentsOf: folder.appending(path: name))
            return data.starts(with: [0x1F, 0x8B]) ? try gunzip(folder.appending(path: name)) : [UInt8](data)
        }
    }

    private static func gunzip(_ file: URL) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/gzip")
        process.arguments = ["-dc", file.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return [UInt8](data)
    }

    static func truth(_ suite: String) throws -> [String: Any] {
        let data = try Data(contentsOf: root.appending(path: suite).appending(path: "truth.json"))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }
}

package import Foundation
import Gzipped

/// Captured request bodies of real clients under Tests/Fixtures.
package enum Fixtures {
    package static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    /// The bodies of a run in numeric order, gunzipped.
    package static func bodies(_ run: String) throws -> [[UInt8]] {
        let folder = root.appending(path: run)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".bin") }.sorted()
        return try names.map { try body(folder.appending(path: $0)) }
    }

    /// What a file holds, gunzipped.
    package static func body(_ file: URL) throws -> [UInt8] {
        let stored = [UInt8](try Data(contentsOf: file))
        guard stored.starts(with: [0x1F, 0x8B]) else { return stored }
        // The largest capture is some 100 kB.
        guard let opened = Gzipped.opened(stored, byteCountMax: 1 << 20) else {
            preconditionFailure("\(file.path) is no whole gzip member below 1 MiB")
        }
        return opened
    }

    /// What really happened, as the captures' own description says.
    package static func truth(_ suite: String) throws -> [String: Any] {
        let data = try Data(contentsOf: root.appending(path: suite).appending(path: "truth.json"))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }
}

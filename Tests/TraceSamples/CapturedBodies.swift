import Foundation
import Gzipped

/// A request body under Tests/Fixtures, gunzipped.
package struct CapturedBody: Sendable {
    /// Below Tests/Fixtures.
    package let path: String
    package let bytes: [UInt8]
    /// Whether the client sent it as traces, and not as metrics or logs.
    package let isTraces: Bool

    /// All of them, sorted by path.
    package static func all() throws -> [CapturedBody] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path)
        return try paths.filter { $0.hasSuffix(".bin") }.sorted().map { path in
            let stored = [UInt8](try Data(contentsOf: root.appending(path: path)))
            let description = root.appending(path: path.dropLast(4) + ".json")
            let request = try JSONDecoder().decode(Request.self, from: try Data(contentsOf: description))
            let isGzipped = stored.starts(with: [0x1F, 0x8B])
            return CapturedBody(
                path: path, bytes: isGzipped ? gunzipped(stored) : stored,
                isTraces: request.path == "/v1/traces" || request.path.hasSuffix("TraceService/Export")
            )
        }
    }

    /// What is read of the description beside a body.
    private struct Request: Decodable {
        let path: String
    }

    private static func gunzipped(_ stored: [UInt8]) -> [UInt8] {
        // The largest capture is some 100 kB.
        guard let opened = Gzipped.opened(stored, byteCountMax: 1 << 20) else {
            preconditionFailure("a capture is no whole gzip member below 1 MiB")
        }
        return opened
    }
}

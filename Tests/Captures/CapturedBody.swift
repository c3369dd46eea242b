import Foundation

/// A request body under Tests/Fixtures, gunzipped.
package struct CapturedBody: Sendable {
    /// Below Tests/Fixtures.
    package let path: String
    package let bytes: [UInt8]
    /// Whether the client sent it as traces, and not as metrics or logs.
    package let isTraces: Bool

    /// All of them, sorted by path.
    package static func all() throws -> [CapturedBody] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: Fixtures.root.path)
        return try paths.filter { $0.hasSuffix(".bin") }.sorted().map { path in
            let description = Fixtures.root.appending(path: path.dropLast(4) + ".json")
            let request = try JSONDecoder().decode(Request.self, from: try Data(contentsOf: description))
            return CapturedBody(
                path: path, bytes: try Fixtures.body(Fixtures.root.appending(path: path)),
                isTraces: request.path == "/v1/traces" || request.path.hasSuffix("TraceService/Export")
            )
        }
    }

    /// What is read of the description beside a body.
    private struct Request: Decodable {
        let path: String
    }
}

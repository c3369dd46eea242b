import Foundation

/// A captured OTLP request: a body in a file, and what is known of how it was sent.
struct Capture {
    /// How the original came.
    enum Transport: String {
        /// OTLP over HTTP.
        case http

        /// OTLP over gRPC; the body is the message alone.
        case grpc
    }

    /// The file with the body.
    let path: String

    /// How the original came; `http` where nothing says otherwise.
    let transport: Transport

    /// The path of the original request, `/v1/traces` or `/package.Service/Method`.
    let requestPath: String

    /// From the original's headers; nil where they do not say.
    let contentType: String?

    /// From the original's headers; nil where they do not say.
    private(set) var contentEncoding: String?

    /// Describes the capture at `path` by the file beside it.
    ///
    /// - Throws: `CommandError` where that file cannot be read.
    init(path: String, descriptionPath: String?) throws(CommandError) {
        self.path = path
        var description = Description()
        if let descriptionPath {
            do {
                if let bytes = try FileContents.bytes(at: descriptionPath, byteCountMax: 1 << 20) {
                    description = try JSONDecoder().decode(Description.self, from: Data(bytes))
                }
            } catch let error as FileError {
                throw CommandError(.failure, "cannot read \(descriptionPath): \(error)", cause: error)
            } catch {
                throw CommandError(
                    .failure,
                    "\(descriptionPath) does not describe a capture; wanted JSON with transport, path and headers",
                    cause: error)
            }
        }
        transport = description.transport == "grpc" ? .grpc : .http
        requestPath = description.path ?? "/v1/traces"
        contentType = description.header("content-type")
        contentEncoding = description.header("content-encoding")
    }

    /// The capture as it would have come without compression.
    var uncompressed: Capture {
        var capture = self
        capture.contentEncoding = nil
        return capture
    }

    /// Reads the body.
    ///
    /// - Throws: `CommandError` where it cannot be read.
    func body() throws(CommandError) -> [UInt8] {
        do {
            if let bytes = try FileContents.bytes(at: path) { return bytes }
        } catch {
            throw CommandError(.failure, "cannot read \(path): \(error)", cause: error)
        }
        throw CommandError(.failure, "cannot read \(path): it is gone")
    }

    /// The path that an HTTP receiver has for it, also where it came by gRPC.
    var httpPath: String {
        guard transport == .grpc else { return requestPath }
        if requestPath.contains(".logs.") { return "/v1/logs" }
        return requestPath.contains(".metrics.") ? "/v1/metrics" : "/v1/traces"
    }

    /// The fields to send the body with over HTTP; what the original does not say is seen from the bytes.
    func contentFields(of body: [UInt8]) -> (type: String, encoding: String?) {
        let isGzip = body.starts(with: [0x1f, 0x8b])
        let firstByte = body.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        let isJSON = firstByte == UInt8(ascii: "{")
        let type = transport == .grpc ? nil : contentType
        return (
            type ?? (isJSON ? "application/json" : "application/x-protobuf"),
            contentEncoding ?? (isGzip ? "gzip" : nil)
        )
    }
}

/// The file beside a capture.
private struct Description: Decodable {
    var transport: String?
    var path: String?
    private var headers: Headers?

    init() {}

    /// The first header of that name, whatever its case.
    func header(_ name: String) -> String? {
        headers?.fields.first { $0.name.lowercased() == name }?.value
    }

    /// A list of pairs or an object.
    private struct Headers: Decodable {
        let fields: [(name: String, value: String)]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let pairs = try? container.decode([[String]].self) {
                fields = pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }
            } else {
                fields = try container.decode([String: String].self).map { ($0.key, $0.value) }
            }
        }
    }
}

/// A unary gRPC call.
package struct GRPCCall: Sendable {
    /// The server, `http://HOST:PORT`.
    package var server: String

    /// The method's path, `/package.Service/Method`.
    package var path: String

    /// The request message.
    package var message: [UInt8]

    /// Describes a call.
    package init(server: String, path: String, message: [UInt8]) {
        self.server = server
        self.path = path
        self.message = message
    }
}

/// What a gRPC server answered.
package struct GRPCAnswer: Sendable {
    /// The status code; 0 is OK.
    package let status: Int

    /// The status message, percent decoding done; often empty.
    package let statusMessage: String

    /// `google.rpc.Status` in protobuf, where the server sent details.
    package let details: [UInt8]?

    /// The answer's message; nil where there is none, as with most errors.
    package let message: [UInt8]?

    /// The wait that the server asks for in `google.rpc.RetryInfo`.
    package var retryDelay: Duration? { details.flatMap { RPCStatus(protobuf: $0).retryDelay } }

    /// The name of a status code as the gRPC documents write it: `UNAVAILABLE`.
    package static func statusName(_ code: Int) -> String {
        let names = [
            "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
            "ALREADY_EXISTS",
            "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
            "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
        ]
        return names.indices.contains(code) ? names[code] : "status \(code)"
    }
}

extension HTTPClient {
    /// Calls a unary method over HTTP/2 without TLS, uncompressed.
    ///
    /// - Throws: `DeliveryError`; an answer with an error status is no error.
    package mutating func call(_ call: GRPCCall) throws(DeliveryError) -> GRPCAnswer {
        let server = try ServerAddress(url: call.server).name
        guard let byteCount = UInt32(exactly: call.message.count) else {
            throw .broken(server: server, reason: "the message is larger than 4 GiB")
        }
        // A frame: not compressed, the length in four bytes, big end first.
        var frame: [UInt8] = [0]
        frame.reserveCapacity(5 + call.message.count)
        withUnsafeBytes(of: byteCount.bigEndian) { frame.append(contentsOf: $0) }
        frame += call.message
        let base = call.server.hasSuffix("/") ? String(call.server.dropLast()) : call.server
        let response = try send(
            HTTPRequest(
                .post, base + call.path,
                headers: [HeaderField("content-type", "application/grpc"), HeaderField("te", "trailers")],
                body: frame, isHTTP2: true))
        return try Self.answer(response, server: server)
    }

    private static func answer(_ response: HTTPResponse, server: String) throws(DeliveryError) -> GRPCAnswer {
        // An answer without a message has its status among the headers ("Trailers-Only").
        let fields = response.trailers["grpc-status"] != nil ? response.trailers : response.headers
        guard let statusText = fields["grpc-status"], let status = Int(statusText) else {
            throw .notGRPC(server: server, reason: "HTTP status \(response.status) and no grpc-status")
        }
        return GRPCAnswer(
            status: status,
            statusMessage: fields["grpc-message"].map(percentDecoded) ?? "",
            details: fields["grpc-status-details-bin"].flatMap(Base64.decode),
            message: try message(in: response.body, server: server)
        )
    }

    private static func message(in body: [UInt8], server: String) throws(DeliveryError) -> [UInt8]? {
        if body.isEmpty { return nil }
        guard body.count >= 5, body[0] == 0 else {
            throw .notGRPC(server: server, reason: "the answer's frame is cut or compressed")
        }
        let byteCount = body[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard body.count - 5 == byteCount else {
            throw .notGRPC(
                server: server, reason: "the answer's frame has \(body.count - 5) of \(byteCount) bytes")
        }
        return Array(body[5...])
    }

    /// Undoes the percent encoding of `grpc-message`; a `%` that begins no byte stays.
    static func percentDecoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

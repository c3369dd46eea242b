/// `google.rpc.Status`: what an OTLP receiver says of a request it refused, in the body or in a gRPC trailer.
package struct RPCStatus: Sendable, Equatable {
    /// The reason; often empty.
    package let message: String

    /// The wait that is asked for in the details (`google.rpc.RetryInfo`).
    package let retryDelay: Duration?

    /// Reads a status in protobuf; what cannot be read counts as nothing said.
    package init(protobuf bytes: [UInt8]) {
        var message = ""
        var retryDelay: Duration?
        for field in ProtobufFields(bytes[...]) {
            switch field {
            case (2, .bytes(let text)): message = String(decoding: text, as: UTF8.self)
            case (3, .bytes(let detail)): retryDelay = retryDelay ?? Self.delay(inDetail: detail)
            default: break
            }
        }
        self.message = message
        self.retryDelay = retryDelay
    }

    /// The delay in a detail, an `Any` (1 the type's URL, 2 the message), if that is a `RetryInfo`.
    private static func delay(inDetail detail: ArraySlice<UInt8>) -> Duration? {
        var type = ""
        var value: ArraySlice<UInt8> = []
        for field in ProtobufFields(detail) {
            switch field {
            case (1, .bytes(let text)): type = String(decoding: text, as: UTF8.self)
            case (2, .bytes(let bytes)): value = bytes
            default: break
            }
        }
        guard type.hasSuffix("/google.rpc.RetryInfo") else { return nil }
        for case (1, .bytes(let delay)) in ProtobufFields(value) { return duration(delay) }
        return nil
    }

    private static func duration(_ bytes: ArraySlice<UInt8>) -> Duration {
        var duration = Duration.zero
        for field in ProtobufFields(bytes) {
            switch field {
            // A year at most: the callers bound it further, and larger ones would overflow.
            case (1, .varint(let seconds)): duration += .seconds(Int64(min(seconds, 31_536_000)))
            case (2, .varint(let nanoseconds)): duration += .nanoseconds(Int64(min(nanoseconds, 999_999_999)))
            default: break
            }
        }
        return duration
    }
}

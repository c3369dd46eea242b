import NIOCore

/// What became of one request.
enum Answer {
    /// The server took it, but for `rejectedSpans` that a partial success names.
    case accepted(rejectedSpans: Int)
    /// The server asks to send it again, after `wait` where it says so.
    case refused(code: String, wait: TimeAmount?)
    /// The server will never take it.
    case failed(code: String)
    /// No answer arrived: whether the server counted the spans, only it knows, so they are sent again.
    case lost(reason: String)
}

extension Answer {
    /// The OTLP specification's rule for HTTP: these four may be sent again, nothing else.
    static func http(status: Int, retryAfter: String?, body: ByteBuffer) -> Answer {
        switch status {
        case 200: .accepted(rejectedSpans: rejectedSpans(body))
        case 429, 502, 503, 504:
            .refused(code: "HTTP \(status)", wait: retryAfter.flatMap(Int64.init).map(TimeAmount.seconds))
        default: .failed(code: "HTTP \(status)")
        }
    }

    /// The OTLP specification's rule for gRPC; `body` is the message without its 5-byte head.
    static func grpc(status: Int, body: ByteBuffer) -> Answer {
        switch status {
        case 0: .accepted(rejectedSpans: rejectedSpans(body))
        // cancelled, deadline exceeded, resource exhausted, aborted, out of range, unavailable, data loss
        case 1, 4, 8, 10, 11, 14, 15: .refused(code: "gRPC \(status)", wait: nil)
        default: .failed(code: "gRPC \(status)")
        }
    }

    /// `partial_success.rejected_spans` of an `ExportTraceServiceResponse`, 0 where it has none.
    static func rejectedSpans(_ response: ByteBuffer) -> Int {
        var rest = response
        guard rest.readInteger(as: UInt8.self) == 0x0A, rest.readVarint() != nil,
            rest.readInteger(as: UInt8.self) == 0x08, let rejected = rest.readVarint()
        else { return 0 }
        return Int(clamping: rejected)
    }
}

extension ByteBuffer {
    fileprivate mutating func readVarint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard let byte = readInteger(as: UInt8.self) else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}

import NIOCore
import OTLP

/// An answer of the OTLP/HTTP receiver, written as bytes at once: no encoder in the pipeline, no futures.
struct HTTPAnswer {
    /// A header beside the usual ones.
    enum Extra: Equatable {
        case none
        case allowPost
        case retryAfter(seconds: Int)
    }

    /// The status.
    var code: HTTPCode
    /// A protobuf message.
    var body: [UInt8]
    /// A header beside the usual ones.
    var extra: Extra

    /// The answer nearly all requests get, with the connection staying open under HTTP/1.1.
    static let acceptedBytes = HTTPAnswer(code: .ok, body: Answers.success, extra: .none)
        .rendered(connection: .implied)

    /// The interim answer to `Expect: 100-continue`.
    static let continueBytes = ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")

    /// An error, with a `google.rpc.Status` as its body.
    static func error(
        _ code: HTTPCode,
        _ status: Answers.StatusCode,
        _ message: String,
        detail: Answers.Detail = .none,
        extra: Extra = .none
    ) -> HTTPAnswer {
        HTTPAnswer(
            code: code, body: Answers.status(code: status, message: message, detail: detail), extra: extra)
    }

    /// A body over the limit; the sender must not send it again.
    static func tooLarge(_ bodyByteCountMax: Int) -> HTTPAnswer {
        .error(.contentTooLarge, .resourceExhausted, "request body is over \(bodyByteCountMax) bytes")
    }

    /// Nothing was taken; the same bytes may be sent again.
    static func overloaded(retryAfterSeconds: Int) -> HTTPAnswer {
        .error(
            .tooManyRequests, .unavailable, "too busy, send again after \(retryAfterSeconds) s",
            detail: .retryInfo(seconds: retryAfterSeconds), extra: .retryAfter(seconds: retryAfterSeconds)
        )
    }

    /// Nothing was taken, for a reason that is not the load; the same bytes may be sent again.
    static func unavailable(_ reason: String, retryAfterSeconds: Int) -> HTTPAnswer {
        .error(
            .serviceUnavailable, .unavailable, "\(reason), send again after \(retryAfterSeconds) s",
            detail: .retryInfo(seconds: retryAfterSeconds), extra: .retryAfter(seconds: retryAfterSeconds)
        )
    }

    /// The bytes are no export request.
    static func malformed(_ description: String) -> HTTPAnswer {
        .error(
            .badRequest, .invalidArgument, description,
            detail: .badRequest(field: "body", description: description)
        )
    }

    /// The answer to what became of the request.
    static func answer(to outcome: ExportOutcome) -> HTTPAnswer {
        switch outcome {
        case .accepted: HTTPAnswer(code: .ok, body: Answers.success, extra: .none)
        case .partial(let rejected, let message):
            HTTPAnswer(
                code: .ok, body: Answers.partial(rejected: rejected, message: message), extra: .none
            )
        case .malformed(let description): .malformed(description)
        case .overloaded(let seconds): .overloaded(retryAfterSeconds: seconds)
        case .unavailable(let reason, let seconds): .unavailable(reason, retryAfterSeconds: seconds)
        }
    }

    /// The answer to a body that could not be decompressed.
    static func answer(to failure: Gunzip.Failure, limits: ServiceLimits) -> HTTPAnswer {
        switch failure {
        case .corrupt(let description): .malformed(description)
        case .refused: .overloaded(retryAfterSeconds: limits.retryAfterSeconds)
        case .tooLarge: .tooLarge(limits.bodyByteCountMax)
        }
    }

    /// What the answer says of the connection; HTTP/1.1 implies that it stays open.
    enum Connection {
        case implied
        case keepAlive
        case close
    }

    /// Says no more than that everything was taken.
    var isAccepted: Bool { code == .ok && body.isEmpty }

    /// The bytes on the wire.
    ///
    /// - Parameter hasBody: not behind HEAD, which is told the body's length all the same.
    func rendered(connection: Connection, hasBody: Bool = true) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(160 + body.count)
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(code.rawValue))
        buffer.writeStaticString(" ")
        buffer.writeStaticString(code.reason)
        buffer.writeStaticString("\r\ncontent-type: application/x-protobuf\r\ncontent-length: ")
        buffer.writeString(String(body.count))
        switch extra {
        case .none: break
        case .allowPost: buffer.writeStaticString("\r\nallow: POST")
        case .retryAfter(let seconds): buffer.writeString("\r\nretry-after: \(seconds)")
        }
        switch connection {
        case .implied: break
        case .keepAlive: buffer.writeStaticString("\r\nconnection: keep-alive")
        case .close: buffer.writeStaticString("\r\nconnection: close")
        }
        buffer.writeStaticString("\r\n\r\n")
        if hasBody { buffer.writeBytes(body) }
        return buffer
    }
}

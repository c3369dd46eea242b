import NIOCore
import NIOHPACK
import OTLP

/// An answer of the OTLP/gRPC receiver.
struct GRPCAnswer {
    /// What is written: a message and trailers, headers alone that end the stream, or an answer of plain HTTP.
    enum Form {
        case message([UInt8])
        case headersOnly(HPACKHeaders)
        case body(HPACKHeaders, [UInt8])
    }

    /// A message of ours in a header is cut to this; peers bound their headers to 8 KiB.
    private static let messageByteCountMax = 512

    /// What it is counted as.
    var code: AnswerCode
    /// What is written.
    var form: Form

    /// The answer nearly all requests get.
    static let accepted = GRPCAnswer(code: .grpc(.ok), form: .message(Answers.success))

    /// What comes before a message.
    static let headers = HPACKHeaders([(":status", "200"), ("content-type", "application/grpc")])

    /// What comes after a message.
    static let trailers = HPACKHeaders([("grpc-status", "0")])

    /// An answer to what is not gRPC, with a `google.rpc.Status` as its body.
    static func http(_ code: HTTPCode, _ status: Answers.StatusCode, _ message: String) -> GRPCAnswer {
        let body = Answers.status(code: status, message: message, detail: .none)
        let headers = HPACKHeaders([
            (":status", String(code.rawValue)), ("content-type", "application/x-protobuf"),
            ("content-length", String(body.count)),
        ])
        return GRPCAnswer(code: .http(code), form: .body(headers, body))
    }

    /// An error, as headers that end the stream.
    static func error(
        _ code: Answers.StatusCode,
        _ message: String,
        detail: Answers.Detail = .none
    ) -> GRPCAnswer {
        let message = String(decoding: message.utf8.prefix(messageByteCountMax), as: UTF8.self)
        var headers = HPACKHeaders([
            (":status", "200"),
            ("content-type", "application/grpc"),
            ("grpc-status", String(code.rawValue)),
            ("grpc-message", percentEncoded(message)),
        ])
        if detail != .none {
            let status = Answers.status(code: code, message: message, detail: detail)
            headers.add(name: "grpc-status-details-bin", value: base64(status))
        }
        return GRPCAnswer(code: .grpc(code), form: .headersOnly(headers))
    }

    /// A message over the limit: without `RetryInfo`, sending it again is useless.
    static func tooLarge(_ bodyByteCountMax: Int) -> GRPCAnswer {
        .error(.resourceExhausted, "message is over \(bodyByteCountMax) bytes")
    }

    /// Nothing was taken; the same message may be sent again.
    static func overloaded(retryAfterSeconds: Int) -> GRPCAnswer {
        .error(
            .unavailable, "too busy, send again after \(retryAfterSeconds) s",
            detail: .retryInfo(seconds: retryAfterSeconds)
        )
    }

    /// Nothing was taken, for a reason that is not the load; the same message may be sent again.
    static func unavailable(_ reason: String, retryAfterSeconds: Int) -> GRPCAnswer {
        .error(
            .unavailable, "\(reason), send again after \(retryAfterSeconds) s",
            detail: .retryInfo(seconds: retryAfterSeconds)
        )
    }

    /// The message is no export request.
    static func malformed(_ description: String) -> GRPCAnswer {
        let description = String(decoding: description.utf8.prefix(messageByteCountMax), as: UTF8.self)
        return .error(
            .invalidArgument, description, detail: .badRequest(field: "message", description: description)
        )
    }

    /// The answer to what became of the request.
    static func answer(to outcome: ExportOutcome) -> GRPCAnswer {
        switch outcome {
        case .accepted: accepted
        case .partial(let rejected, let message):
            GRPCAnswer(
                code: .grpc(.ok), form: .message(Answers.partial(rejected: rejected, message: message))
            )
        case .malformed(let description): malformed(description)
        case .overloaded(let seconds): overloaded(retryAfterSeconds: seconds)
        case .unavailable(let reason, let seconds): unavailable(reason, retryAfterSeconds: seconds)
        }
    }

    /// The answer to a message that could not be decompressed.
    static func answer(to failure: Gunzip.Failure, limits: ServiceLimits) -> GRPCAnswer {
        switch failure {
        case .corrupt(let description): malformed(description)
        case .refused: overloaded(retryAfterSeconds: limits.retryAfterSeconds)
        case .tooLarge: tooLarge(limits.bodyByteCountMax)
        }
    }

    /// The same answer with the encodings we take.
    var acceptingGzip: GRPCAnswer {
        guard case .headersOnly(var headers) = form else { return self }
        headers.add(name: "grpc-accept-encoding", value: "identity,gzip")
        return GRPCAnswer(code: code, form: .headersOnly(headers))
    }

    /// A message as gRPC frames it: no compression, its length, its bytes.
    static func framed(_ message: [UInt8]) -> ByteBuffer {
        if message.isEmpty { return emptyMessage }
        var buffer = ByteBuffer()
        buffer.reserveCapacity(5 + message.count)
        buffer.writeInteger(UInt8(0))
        buffer.writeInteger(UInt32(clamping: message.count))
        buffer.writeBytes(message)
        return buffer
    }

    private static let emptyMessage = ByteBuffer(bytes: [0, 0, 0, 0, 0])

    /// gRPC's encoding of `grpc-message`: printable ASCII but `%` as it is.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if (0x20...0x7e).contains(byte), byte != UInt8(ascii: "%") {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// RFC 4648 base64 without padding, as gRPC wants binary headers.
    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 4 / 3 + 3)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let chunk = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for (place, byte) in chunk.enumerated() { word |= UInt32(byte) << UInt32(16 - 8 * place) }
            for place in 0...chunk.count {
                text.append(alphabet[Int(word >> UInt32(18 - 6 * place)) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

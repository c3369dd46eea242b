import Delivery
import Foundation

/// A receiver's answer, the same for HTTP and gRPC.
struct ReplayAnswer {
    /// `200`, `429`; or of gRPC `OK`, `UNAVAILABLE`.
    let code: String

    /// Whether the request was taken, at least in part.
    let isAccepted: Bool

    /// Whether the same request may be sent again.
    let isTemporary: Bool

    /// The wait that the receiver asks for.
    let retryDelay: Duration?

    /// Spans, points or records that were refused within a request that was taken.
    let rejected: Int

    /// The receiver's words; may be empty.
    let message: String

    /// Reads an HTTP answer.
    init(_ response: HTTPResponse) {
        let isJSON = response.headers["content-type"]?.hasPrefix("application/json") == true
        let isProtobuf = response.headers["content-type"]?.hasPrefix("application/x-protobuf") == true
        code = String(response.status)
        isAccepted = (200...299).contains(response.status)
        isTemporary = response.status == 429 || response.status == 503
        // The header may hold a date, too; then our own wait is used.
        retryDelay = response.headers["retry-after"].flatMap { UInt32($0) }.map { .seconds(Int64($0)) }
        if isAccepted {
            let answer =
                isJSON
                ? Self.partialSuccess(json: response.body)
                : isProtobuf ? ExportAnswer(protobuf: response.body) : ExportAnswer(rejected: 0, message: "")
            rejected = answer.rejected
            message = answer.message
        } else {
            rejected = 0
            message =
                isJSON
                ? Self.statusMessage(json: response.body)
                : isProtobuf
                    ? RPCStatus(protobuf: response.body).message
                    : String(decoding: response.body, as: UTF8.self)
        }
    }

    /// Reads a gRPC answer.
    init(_ answer: GRPCAnswer) {
        // 14, UNAVAILABLE: the only status that OTLP repeats without being asked to.
        let isUnavailable = answer.status == 14
        let partial = answer.message.map { ExportAnswer(protobuf: $0) }
        code = GRPCAnswer.statusName(answer.status)
        isAccepted = answer.status == 0
        isTemporary = isUnavailable || !isAccepted && answer.retryDelay != nil
        retryDelay = answer.retryDelay
        rejected = isAccepted ? partial?.rejected ?? 0 : 0
        message = isAccepted ? partial?.message ?? "" : answer.statusMessage
    }

    private static func partialSuccess(json: [UInt8]) -> ExportAnswer {
        let answer = try? JSONDecoder().decode(JSONAnswer.self, from: Data(json))
        let partial = answer?.partialSuccess
        let counts = [partial?.rejectedSpans, partial?.rejectedDataPoints, partial?.rejectedLogRecords]
        let rejected = counts.compactMap { $0?.value }.first ?? 0
        return ExportAnswer(rejected: rejected, message: partial?.errorMessage ?? "")
    }

    private static func statusMessage(json: [UInt8]) -> String {
        (try? JSONDecoder().decode(JSONStatus.self, from: Data(json)))?.message ?? ""
    }
}

/// `Export…ServiceResponse` in JSON.
private struct JSONAnswer: Decodable {
    let partialSuccess: Partial?

    struct Partial: Decodable {
        let rejectedSpans: Count?
        let rejectedDataPoints: Count?
        let rejectedLogRecords: Count?
        let errorMessage: String?
    }

    /// An int64: text by the protobuf JSON mapping, a number in practice.
    struct Count: Decodable {
        let value: Int

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                value = number
            } else {
                value = Int(try container.decode(String.self)) ?? 0
            }
        }
    }
}

/// `google.rpc.Status` in JSON.
private struct JSONStatus: Decodable {
    let message: String
}

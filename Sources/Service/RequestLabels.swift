package import OTLP

/// What a request carries, by its path; the raw value is the label value `signal` of our own metrics.
package enum Signal: String, Sendable, CaseIterable {
    case traces
    case metrics
    case logs
    /// A path that belongs to no signal.
    case other
}

/// How a request was answered; its text is the label value `code` of our own metrics.
package enum AnswerCode: Sendable, Hashable, CaseIterable {
    case http(HTTPCode)
    case grpc(Answers.StatusCode)

    /// The HTTP status as text, or gRPC's name such as `INVALID_ARGUMENT`.
    package var text: String {
        switch self {
        case .http(let code): String(code.rawValue)
        case .grpc(let code): code.name
        }
    }

    /// All that can be answered: HTTP statuses, then gRPC codes.
    package static let allCases: [AnswerCode] =
        HTTPCode.allCases.map { .http($0) } + Answers.StatusCode.allCases.map { .grpc($0) }

    /// The place of this code in `allCases`.
    var index: Int {
        switch self {
        case .http(let code): code.index
        case .grpc(let code): HTTPCode.allCases.count + Int(code.rawValue)
        }
    }
}

/// A port of ours; the raw value is the label value `listener` of our own metrics.
package enum ListenerRole: String, Sendable, CaseIterable {
    case grpc
    case http
    case scrape
}

/// Why we ended a connection, or did not take it; the raw value is the label value `reason` of our own metrics.
package enum ConnectionEnd: String, Sendable, CaseIterable {
    /// There were as many connections as may be.
    case tooMany = "too_many"
    /// The first head did not come in time.
    case noRequest = "no_request"
    /// A request did not come whole in time.
    case slowRequest = "slow_request"
    /// There was no request for a while.
    case idle
    /// The bytes are not the protocol of the port.
    case protocolError = "protocol_error"
    /// The peer stopped reading what it asked for.
    case stalledReader = "stalled_reader"
}

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

/// The HTTP statuses the receivers answer with.
package enum HTTPCode: Int, Sendable, CaseIterable {
    case ok = 200
    case badRequest = 400
    case notFound = 404
    case methodNotAllowed = 405
    case requestTimeout = 408
    case contentTooLarge = 413
    case unsupportedMediaType = 415
    case expectationFailed = 417
    case tooManyRequests = 429
    case headTooLarge = 431

    /// The reason phrase of the status line.
    var reason: StaticString {
        switch self {
        case .ok: "OK"
        case .badRequest: "Bad Request"
        case .notFound: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .requestTimeout: "Request Timeout"
        case .contentTooLarge: "Content Too Large"
        case .unsupportedMediaType: "Unsupported Media Type"
        case .expectationFailed: "Expectation Failed"
        case .tooManyRequests: "Too Many Requests"
        case .headTooLarge: "Request Header Fields Too Large"
        }
    }

    fileprivate var index: Int {
        switch self {
        case .ok: 0
        case .badRequest: 1
        case .notFound: 2
        case .methodNotAllowed: 3
        case .requestTimeout: 4
        case .contentTooLarge: 5
        case .unsupportedMediaType: 6
        case .expectationFailed: 7
        case .tooManyRequests: 8
        case .headTooLarge: 9
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

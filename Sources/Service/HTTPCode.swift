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
    case serviceUnavailable = 503

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
        case .serviceUnavailable: "Service Unavailable"
        }
    }

    /// The place of this code in `allCases`.
    var index: Int {
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
        case .serviceUnavailable: 10
        }
    }
}

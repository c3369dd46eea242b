/// Why nothing was delivered; an answer of any status is none of these.
///
/// Messages name a server by scheme, host and port only: paths and queries of webhooks are secrets.
package enum DeliveryError: Error, Equatable, CustomStringConvertible {
    /// The text is no `http` or `https` URL.
    case badURL(String, reason: String)

    /// A header's name or value has a line break or a zero byte.
    case badHeader(name: String)

    /// No connection: no such host, refused, no route.
    case unreachable(server: String, reason: String)

    /// The time-out passed before the answer was complete.
    case timedOut(server: String, after: Duration)

    /// The answer is larger than the client reads.
    case answerTooLarge(server: String, byteCountMax: Int)

    /// The connection broke or the peer does not speak the protocol.
    case broken(server: String, reason: String)

    /// The server's certificate is not one to be trusted, or the authorities to trust cannot be read.
    case untrusted(server: String, reason: String)

    /// The answer to a gRPC call is not gRPC.
    case notGRPC(server: String, reason: String)

    /// One line, lower case, without a full stop.
    package var description: String {
        switch self {
        case .badURL(let url, let reason):
            "'\(url.withoutCredentials)' is no URL to send to (\(reason)); wanted one such as http://localhost:4318"
        case .badHeader(let name):
            "header '\(name.filter(\.isASCIIPrintable))' has a line break or a zero byte"
        case .unreachable(let server, let reason): "cannot reach \(server): \(reason)"
        case .timedOut(let server, let timeout): "no complete answer from \(server) within \(timeout)"
        case .answerTooLarge(let server, let limit):
            "the answer of \(server) is larger than \(limit) bytes"
        case .broken(let server, let reason): "the exchange with \(server) failed: \(reason)"
        case .untrusted(let server, let reason): "\(server) cannot be trusted: \(reason)"
        case .notGRPC(let server, let reason): "\(server) does not answer in gRPC: \(reason)"
        }
    }
}

extension String {
    /// The text without what stands between `//` and the last `@`.
    fileprivate var withoutCredentials: String {
        guard let slashes = firstRange(of: "//"), let at = lastIndex(of: "@"), slashes.upperBound <= at else {
            return self
        }
        return self[..<slashes.upperBound] + "…" + self[at...]
    }
}

extension Character {
    fileprivate var isASCIIPrintable: Bool { isASCII && !isNewline && self != "\0" }
}

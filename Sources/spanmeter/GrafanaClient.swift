import Configuration
import Delivery
import Glibc

/// Calls of Grafana's HTTP interface, with patience, and errors that say what to do.
struct GrafanaClient: ~Copyable {
    /// An answer that its caller decides about.
    struct Answer {
        let status: Int
        let body: JSONValue

        /// What Grafana calls the reason of a conflict: `name-exists`, `version-mismatch`.
        var reason: String? { body["status"]?.text }
    }

    /// How a caller shows that it may.
    enum Credentials {
        /// The token of a service account.
        case token(String)
        /// A user with a password.
        case user(String, password: String)

        fileprivate var authorization: String {
            switch self {
            case .token(let token): "Bearer \(token)"
            case .user(let name, let password): "Basic " + Base64.encode(Array("\(name):\(password)".utf8))
            }
        }
    }

    private let base: String
    private let headers: [HeaderField]
    private var client: RetryingClient

    /// - Parameters:
    ///   - url: Grafana's own, without a slash at its end.
    ///   - authorities: a file of certificates in PEM; nil for the system's.
    init(url: String, credentials: Credentials, authorities: String?) throws(DeliveryError) {
        base = url
        headers = [
            HeaderField("Authorization", credentials.authorization),
            HeaderField("Accept", "application/json"),
        ]
        var http = try HTTPClient(userAgent: Version.userAgent)
        http.certificateAuthorities = authorities
        let time = RetryingClient.Time(
            secondsSince1970: { Int64(Glibc.time(nil)) },
            sleep: { try await ContinuousClock().sleep(for: $0) })
        client = RetryingClient(http, time: time) { reason, wait in
            StandardError.print(
                "spanmeter: Grafana cannot answer now (\(reason)); trying again in \(wait.configurationText)")
        }
    }

    /// Reads what is at `path`.
    ///
    /// - Returns: nil where there is nothing.
    /// - Throws: `CommandError` where Grafana does not show it, `DeliveryError` where it cannot be asked.
    mutating func get(_ path: String) async throws -> JSONValue? {
        let answer = try await call(HTTPRequest(.get, base + path, headers: headers))
        if answer.status == 404 { return nil }
        guard answer.status == 200 else { throw Self.refusal(answer, of: "GET \(path)") }
        return answer.body
    }

    /// Sends `body` to `path`.
    ///
    /// - Returns: the answer of success, or of a conflict with what is there (409, 412).
    /// - Throws: `CommandError` where Grafana refuses it, `DeliveryError` where it cannot be asked.
    mutating func post(_ path: String, _ body: JSONValue) async throws -> Answer {
        let fields = headers + [HeaderField("Content-Type", "application/json")]
        let answer = try await call(HTTPRequest(.post, base + path, headers: fields, body: body.bytes))
        guard (200...299).contains(answer.status) || [409, 412].contains(answer.status) else {
            throw Self.refusal(answer, of: "POST \(path)")
        }
        return answer
    }

    private mutating func call(_ request: HTTPRequest) async throws -> Answer {
        let response = try await client.send(request)
        if (300...399).contains(response.status) {
            let place = response.headers["Location"] ?? "nowhere"
            throw CommandError(
                .failure,
                "\(base) sends elsewhere (\(response.status), to \(place)); wanted Grafana's own address")
        }
        if let body = JSONValue(response.body) { return Answer(status: response.status, body: body) }
        guard !(200...299).contains(response.status) else {
            throw CommandError(.failure, "\(base) is no Grafana: its answer is no JSON")
        }
        return Answer(status: response.status, body: .null)
    }

    /// What an answer that is no success means for whoever runs the command.
    static func refusal(_ answer: Answer, of call: String) -> CommandError {
        var text = "\(call): \(answer.status)"
        if let message = answer.body["message"]?.text, !message.isEmpty {
            // One line; Grafana's messages are sentences.
            text += ", " + message.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(300)
        }
        switch answer.status {
        case 401: text += "; the token or password is wrong, or no longer valid"
        case 403: text += "; wanted the token of a service account with the role Admin"
        case 404: text += "; wanted the address of a Grafana that has this part of the interface"
        default: break
        }
        return CommandError(.failure, text)
    }
}

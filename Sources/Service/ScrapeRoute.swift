import NIOHTTP1

/// What a request to the scrape port asks for.
enum ScrapeRoute: Equatable {
    case metrics
    case page(HTTPResponseStatus, type: String, text: String)

    /// The type of the short answers.
    static let textType = "text/plain; charset=utf-8"

    private static let index = """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>spanmeter</title></head>
        <body>
        <h1>spanmeter</h1>
        <ul>
        <li><a href="/metrics">/metrics</a></li>
        <li><a href="/-/healthy">/-/healthy</a></li>
        <li><a href="/-/ready">/-/ready</a></li>
        </ul>
        </body>
        </html>

        """

    /// Reads the method and the path.
    init(_ head: HTTPRequestHead, readiness: Readiness.State) {
        let path = head.uri.prefix { $0 != "?" }
        switch path {
        case "/metrics", "/-/healthy", "/-/ready", "/":
            guard head.method == .GET || head.method == .HEAD else {
                self = .page(.methodNotAllowed, type: Self.textType, text: "wanted GET or HEAD\n")
                return
            }
        default:
            self = .page(.notFound, type: Self.textType, text: "there is nothing at this path\n")
            return
        }
        switch path {
        case "/metrics": self = .metrics
        case "/-/healthy": self = .page(.ok, type: Self.textType, text: "healthy\n")
        case "/-/ready": self = Self.ready(readiness)
        default: self = .page(.ok, type: "text/html; charset=utf-8", text: Self.index)
        }
    }

    private static func ready(_ readiness: Readiness.State) -> ScrapeRoute {
        switch readiness {
        case .ready: .page(.ok, type: textType, text: "ready\n")
        case .starting(let what): .page(.serviceUnavailable, type: textType, text: "not ready: \(what)\n")
        case .failing(let what): .page(.serviceUnavailable, type: textType, text: "not ready: \(what)\n")
        case .draining: .page(.serviceUnavailable, type: textType, text: "not ready: draining\n")
        }
    }
}

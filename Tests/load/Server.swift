import Foundation
import NIOCore

/// Where a server listens, and the process behind it.
struct Server {
    let processID: Int32
    let otlp: Endpoint
    let metrics: Endpoint

    /// `HOST:PORT`, or `[HOST]:PORT` for IPv6.
    struct Endpoint {
        let text: String
        let address: SocketAddress

        init(_ text: String) throws {
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...])
            else {
                throw LoadError("'\(text)' is not HOST:PORT")
            }
            let host = text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
            self.text = text
            address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        }
    }
}

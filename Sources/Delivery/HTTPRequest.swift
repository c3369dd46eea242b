/// One line of an HTTP header or trailer.
package struct HeaderField: Sendable, Hashable {
    /// The name; compared without regard to case.
    package let name: String

    /// The value without the blanks around it.
    package let value: String

    /// Makes a field; line breaks in either would make a request invalid, and `HTTPClient` refuses them.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension [HeaderField] {
    /// The value of the first field of that name, whatever its case.
    package subscript(name: String) -> String? {
        let wanted = name.lowercased()
        return first { $0.name.lowercased() == wanted }?.value
    }
}

/// The HTTP methods that anything outgoing uses.
package enum HTTPMethod: String, Sendable {
    /// Reads; has no body.
    case get = "GET"

    /// Hands something over.
    case post = "POST"

    /// Makes or replaces something.
    case put = "PUT"

    /// Takes something away.
    case delete = "DELETE"
}

/// A request to send.
package struct HTTPRequest: Sendable {
    /// `http` or `https`; checked when it is sent.
    package var url: String

    /// The method.
    package var method: HTTPMethod

    /// The fields that are sent besides those that libcurl adds (Host, Content-Length).
    package var headers: [HeaderField]

    /// The body; sent for every method but GET.
    package var body: [UInt8]

    /// HTTP/2 from the first byte without TLS (`h2c` by prior knowledge), as gRPC servers speak it.
    package var isHTTP2: Bool

    /// Describes a request over HTTP/1.1.
    package init(
        _ method: HTTPMethod, _ url: String, headers: [HeaderField] = [], body: [UInt8] = [],
        isHTTP2: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.isHTTP2 = isHTTP2
    }
}

/// What a server answered.
package struct HTTPResponse: Sendable {
    /// The status code, 100 to 999.
    package let status: Int

    /// The header fields of the final answer.
    package let headers: [HeaderField]

    /// The fields after the body.
    package let trailers: [HeaderField]

    /// The body, at most the client's limit.
    package let body: [UInt8]
}

internal import CCurl

/// The parts of a URL that say which server is meant.
struct ServerAddress {
    /// `http` or `https`.
    let scheme: String

    /// A name or an address, IPv6 with its brackets.
    let host: String

    /// The port; 80 or 443 where the URL names none.
    let port: String

    /// Takes `url` apart as libcurl will.
    ///
    /// - Throws: `DeliveryError.badURL`.
    init(url: String) throws(DeliveryError) {
        guard let handle = curl_url() else { throw .badURL(url, reason: "out of memory") }
        defer { curl_url_cleanup(handle) }
        let code = curl_url_set(handle, CURLUPART_URL, url, 0)
        guard code == CURLUE_OK else {
            throw .badURL(url, reason: String(cString: curl_url_strerror(code)).asReason)
        }
        guard let scheme = Self.part(CURLUPART_SCHEME, of: handle), ["http", "https"].contains(scheme) else {
            throw .badURL(url, reason: "the scheme is neither http nor https")
        }
        guard let host = Self.part(CURLUPART_HOST, of: handle),
            let port = Self.part(CURLUPART_PORT, of: handle, flags: UInt32(CURLU_DEFAULT_PORT))
        else { throw .badURL(url, reason: "there is no host") }
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer, flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    /// `http://localhost:4318`: for messages; neither user, password, path nor query.
    var name: String { "\(scheme)://\(host):\(port)" }

    /// Whether it is this machine by its own name or address: no proxy can reach it.
    var isLoopback: Bool {
        host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
    }
}

extension String {
    /// libcurl's sentence as a part of ours: first letter small, no full stop.
    var asReason: String {
        let text = last == "." ? String(dropLast()) : self
        // Names in capitals, `HTTP/2 …`, stay as they are.
        guard let first = text.first, text.dropFirst().first?.isLowercase == true else { return text }
        return first.lowercased() + text.dropFirst()
    }
}

private import Glibc

/// Where a listener binds, written `HOST:PORT`; IPv6 addresses stand in brackets, `[::1]:4318`.
package struct ListenAddress: ConfigurationValue, Hashable {
    /// `localhost`, an IPv4 address, an IPv6 address without its brackets, or a host name.
    package let host: String

    /// 1 to 65535, or 0 for a free port of the system's choice.
    package let port: Int

    /// Makes an address of parts that are known to be right.
    ///
    /// - Precondition: `port` is 0 to 65535.
    package init(host: String, port: Int) {
        precondition((0...65535).contains(port), "a port is 0 to 65535")
        self.host = host
        self.port = port
    }

    package static var placeholder: String { "HOST:PORT" }

    /// The hosts to bind: both loopback addresses for `localhost`, else `host` alone.
    ///
    /// Where the machine has no IPv6, failing to bind `::1` is no error.
    package var bindHosts: [String] {
        host == "localhost" ? ["127.0.0.1", "::1"] : [host]
    }

    /// Reads `HOST:PORT`.
    ///
    /// - Throws: `ValueProblem`; without a host it says how to listen on all interfaces.
    package init(configurationText text: String) throws(ValueProblem) {
        guard let colon = text.lastIndex(of: ":") else {
            throw ValueProblem(wanted: "HOST:PORT such as localhost:4318")
        }
        let portText = text[text.index(after: colon)...]
        let hostText = text[..<colon]
        guard let port = Self.port(portText) else {
            throw ValueProblem(wanted: "HOST:PORT with a port from 0 (any free one) to 65535")
        }
        if hostText.isEmpty || hostText == "*" {
            throw ValueProblem(wanted: "HOST:PORT; to listen on all interfaces write 0.0.0.0:\(port)")
        }
        self.init(host: try Self.host(hostText, port: port), port: port)
    }

    private static func port(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(text) else {
            return nil
        }
        return port <= 65535 ? port : nil
    }

    private static func host(_ text: Substring, port: Int) throws(ValueProblem) -> String {
        if text.first == "[" {
            let inner = text.dropFirst().dropLast()
            // A zone, fe80::1%eth0, is the system's to judge.
            let address = inner.prefix { $0 != "%" }
            guard text.last == "]", isAddress(String(address), family: AF_INET6) else {
                throw ValueProblem(wanted: "an IPv6 address in brackets, such as [::1]:\(port)")
            }
            return String(inner)
        }
        if text.contains(":") {
            throw ValueProblem(wanted: "HOST:PORT with an IPv6 address in brackets, such as [::1]:\(port)")
        }
        if text.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }) {
            guard isAddress(String(text), family: AF_INET) else {
                throw ValueProblem(wanted: "an IPv4 address of four numbers up to 255")
            }
            return String(text)
        }
        guard isHostName(text) else {
            throw ValueProblem(wanted: "HOST:PORT with a host name, such as localhost:\(port)")
        }
        return String(text)
    }

    private static func isAddress(_ text: String, family: Int32) -> Bool {
        var address = in6_addr()
        return inet_pton(family, text, &address) == 1
    }

    /// Letters, digits, `-`, `_` in parts of 1 to 63 bytes, 253 bytes in all (RFC 1123; `_` as in compose).
    private static func isHostName(_ text: Substring) -> Bool {
        let isLegal = { (byte: UInt8) in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && parts.allSatisfy { (1...63).contains($0.utf8.count) && $0.utf8.allSatisfy(isLegal) }
    }

    /// `HOST:PORT`, with brackets where IPv6 needs them.
    package var configurationText: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Whether both cannot be bound at once: the same port on the same or on all interfaces.
    func collides(with other: ListenAddress) -> Bool {
        let wildcards: Set = ["0.0.0.0", "::"]
        guard port == other.port, port != 0 else { return false }
        return !Set(bindHosts).isDisjoint(with: other.bindHosts) || wildcards.contains(host)
            || wildcards.contains(other.host)
    }
}

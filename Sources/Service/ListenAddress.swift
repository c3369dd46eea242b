import NIOCore

/// Where to listen.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// A name or a literal address; `localhost` means both loopback addresses.
    package var host: String

    /// 0 takes a free one.
    package var port: Int

    /// Loopback unless `host` says otherwise.
    package init(host: String = "localhost", port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// The addresses a listener has been bound to; all have the same port.
package struct BoundAddresses: Sendable, Equatable {
    /// As literals, without brackets.
    package var hosts: [String]

    /// Never 0.
    package var port: Int
}

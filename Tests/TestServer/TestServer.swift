import Foundation
import Glibc
import Synchronization

/// What a client sent.
public struct ReceivedRequest: Sendable {
    /// The method, `POST`.
    public let method: String

    /// The path with its query.
    public let path: String

    /// Fields with names in lower case, in their order.
    public let headers: [(name: String, value: String)]

    /// The body as it came; for HTTP/2 the bytes of all DATA frames.
    public let body: [UInt8]

    /// Whether it came over HTTP/2.
    public let isHTTP2: Bool

    /// The first field of that name (in lower case).
    public subscript(header: String) -> String? { headers.first { $0.name == header }?.value }
}

/// What the server sends back.
public enum ServerAnswer: Sendable {
    /// An answer in the request's own protocol; trailers only reach HTTP/2 clients.
    case answer(
        status: Int, headers: [(String, String)] = [], body: [UInt8] = [], trailers: [(String, String)] = [])

    /// These bytes as they are, then the connection is closed.
    case raw(String)

    /// The connection is closed without an answer.
    case hangUp

    /// Nothing, until the client goes.
    case silence
}

/// A server for tests on a free port of 127.0.0.1: HTTP/1.1 and, when a client begins so, HTTP/2 without TLS.
///
/// One thread accepts, one more serves each connection; both end with `stop()` or with the client.
public final class TestServer: Sendable {
    /// The port it listens on.
    public let port: Int

    private let listener: Int32
    private let respond: @Sendable (ReceivedRequest) -> ServerAnswer
    private let received = Mutex<[ReceivedRequest]>([])

    /// `http://127.0.0.1:PORT`.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// Everything received so far.
    public var requests: [ReceivedRequest] { received.withLock { $0 } }

    /// Starts listening.
    public init(respond: @escaping @Sendable (ReceivedRequest) -> ServerAnswer) throws {
        self.respond = respond
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard result else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in accept() }
    }

    /// Stops listening; connections in progress end with their clients.
    public func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// Closes the listener itself when it ends, so that nobody else has got its number while it is in use here.
    private func accept() {
        defer { close(listener) }
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            Thread.detachNewThread { [self] in
                let connection = Connection(descriptor: descriptor)
                serve(connection)
                close(descriptor)
            }
        }
    }

    private func serve(_ connection: Connection) {
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        guard connection.fill(to: 3) else { return }
        if connection.buffer.starts(with: preface.prefix(3)) {
            guard connection.take(preface.count) != nil else { return }
            HTTP2Exchange(connection: connection).serve { answer(to: $0) }
        } else {
            HTTP1Exchange(connection: connection).serve { answer(to: $0) }
        }
    }

    private func answer(to request: ReceivedRequest) -> ServerAnswer {
        received.withLock { $0.append(request) }
        return respond(request)
    }
}

/// A connected socket with what was read from it and not yet taken.
final class Connection {
    private let descriptor: Int32
    private(set) var buffer: [UInt8] = []

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Reads until `count` bytes are there; false at the end of the stream.
    func fill(to count: Int) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while buffer.count < count {
            let length = recv(descriptor, &chunk, chunk.count, 0)
            guard length > 0 else { return false }
            buffer += chunk[..<length]
        }
        return true
    }

    /// Takes `count` bytes; nil at the end of the stream.
    func take(_ count: Int) -> [UInt8]? {
        guard fill(to: count) else { return nil }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    /// Takes bytes up to and including the first `end`; nil at the end of the stream.
    func take(through end: [UInt8]) -> [UInt8]? {
        while true {
            if let range = buffer.firstRange(of: end) { return take(range.upperBound) }
            guard fill(to: buffer.count + 1) else { return nil }
        }
    }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let length = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard length > 0 else { return }
            rest = rest.dropFirst(length)
        }
    }

    /// Returns when the client has closed its side.
    func waitForEnd() {
        while fill(to: buffer.count + 1) {}
    }
}

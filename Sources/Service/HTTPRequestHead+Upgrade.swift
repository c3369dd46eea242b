import NIOHTTP1

extension HTTPRequestHead {
    /// Whether what follows would be another protocol, were it agreed to: NIO's decoder reads no request behind one.
    var endsHTTP: Bool { method == .CONNECT || headers.contains(name: "upgrade") }
}

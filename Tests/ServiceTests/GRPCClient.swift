import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix

/// An HTTP/2 connection whose frames the tests write themselves.
struct GRPCClient: Sendable {
    /// What came back on one stream.
    struct Call: Sendable {
        var headers: HPACKHeaders?
        var trailers: HPACKHeaders?
        var message: [UInt8] = []
        var reset: HTTP2ErrorCode?
        var isEnded = false

        /// The value in the trailers, or in headers that are trailers as well.
        subscript(name: String) -> String? { (trailers ?? headers)?.first(name: name) }
    }

    static let tracesPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"

    private let channel: any Channel
    private let collected: NIOLoopBound<Collector>

    static func connect(_ port: Int) async throws -> GRPCClient {
        let (channel, collected) = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let collector = Collector()
                    var connection = NIOHTTP2Handler.ConnectionConfiguration()
                    connection.headerBlockValidation = .disabled
                    connection.contentLengthValidation = .disabled
                    connection.controlFrameRateLimit.maximumCount = 10_000
                    try channel.pipeline.syncOperations.addHandler(
                        NIOHTTP2Handler(
                            mode: .client, connectionConfiguration: connection, streamConfiguration: .init()
                        )
                    )
                    try channel.pipeline.syncOperations.addHandler(collector)
                    return (channel, NIOLoopBound(collector, eventLoop: channel.eventLoop))
                }
            }
        return GRPCClient(channel: channel, collected: collected)
    }

    static func headers(
        path: String = tracesPath,
        method: String = "POST",
        type: String? = "application/grpc",
        encoding: String? = nil
    ) -> HPACKHeaders {
        var headers = HPACKHeaders([
            (":method", method), (":scheme", "http"), (":path", path), (":authority", "localhost"),
            ("te", "trailers"),
        ])
        if let type { headers.add(name: "content-type", value: type) }
        if let encoding { headers.add(name: "grpc-encoding", value: encoding) }
        return headers
    }

    /// A message as gRPC frames it.
    static func framed(_ message: [UInt8], flag: UInt8 = 0, claims byteCount: Int? = nil) -> [UInt8] {
        let count = UInt32(byteCount ?? message.count)
        return [flag] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + message
    }

    func write(_ stream: Int, _ payload: HTTP2Frame.FramePayload) async throws {
        let sent = channel.eventLoop.makePromise(of: Void.self, awaiting: "the peer takes what is sent")
        channel.writeAndFlush(HTTP2Frame(streamID: HTTP2StreamID(stream), payload: payload), promise: sent)
        try await sent.futureResult.get()
    }

    func open(_ stream: Int, _ headers: HPACKHeaders, endStream: Bool = false) async throws {
        try await write(stream, .headers(.init(headers: headers, endStream: endStream)))
    }

    func data(_ stream: Int, _ bytes: [UInt8], endStream: Bool = false) async throws {
        try await write(
            stream, .data(.init(data: .byteBuffer(ByteBuffer(bytes: bytes)), endStream: endStream)))
    }

    /// A whole call with one DATA frame.
    func call(_ stream: Int, _ bytes: [UInt8], headers: HPACKHeaders = headers()) async throws -> Call {
        try await open(stream, headers)
        try await data(stream, bytes, endStream: true)
        return try await answer(stream)
    }

    /// What came back on a stream, as soon as it is ended.
    func answer(_ stream: Int) async throws -> Call {
        let collected = collected
        let id = HTTP2StreamID(stream)
        return try await channel.eventLoop.flatSubmit {
            collected.value.wait { ($0.calls[id]?.isEnded ?? false) || $0.isClosed }
        }.get().calls[id] ?? Call()
    }

    /// Waits for what `isEnough` wants to see.
    func wait(_ isEnough: @escaping @Sendable (Seen) -> Bool) async throws -> Seen {
        let collected = collected
        return try await channel.eventLoop.flatSubmit { collected.value.wait(isEnough) }.get()
    }

    func close() async { try? await channel.close() }

    /// Everything that came back on the connection.
    struct Seen: Sendable {
        var calls: [HTTP2StreamID: Call] = [:]
        var goAway: (last: Int, code: HTTP2ErrorCode)?
        var pingAckCount = 0
        var settings: [HTTP2Setting]?
        var isClosed = false
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = HTTP2Frame

        private var seen = Seen()
        private var waiters: [(isEnough: (Seen) -> Bool, promise: EventLoopPromise<Seen>)] = []
        private var loop: (any EventLoop)?

        func handlerAdded(context: ChannelHandlerContext) { loop = context.eventLoop }

        func wait(_ isEnough: @escaping (Seen) -> Bool) -> EventLoopFuture<Seen> {
            let promise = (loop ?? MultiThreadedEventLoopGroup.singleton.next())
                .makePromise(of: Seen.self, awaiting: "the peer answers or ends")
            waiters.append((isEnough, promise))
            look()
            return promise.futureResult
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let frame = unwrapInboundIn(data)
            switch frame.payload {
            case .headers(let headers):
                if seen.calls[frame.streamID, default: Call()].headers == nil {
                    seen.calls[frame.streamID, default: Call()].headers = headers.headers
                } else {
                    seen.calls[frame.streamID, default: Call()].trailers = headers.headers
                }
                if headers.endStream { seen.calls[frame.streamID, default: Call()].isEnded = true }
            case .data(let data):
                if case .byteBuffer(let buffer) = data.data {
                    seen.calls[frame.streamID, default: Call()].message += Array(buffer.readableBytesView)
                }
                if data.endStream { seen.calls[frame.streamID, default: Call()].isEnded = true }
            case .rstStream(let code):
                seen.calls[frame.streamID, default: Call()].reset = code
                seen.calls[frame.streamID, default: Call()].isEnded = true
            case .goAway(let last, let code, _):
                seen.goAway = (Int(last), code)
            case .ping(_, ack: true):
                seen.pingAckCount += 1
            case .settings(.settings(let settings)):
                seen.settings = settings
            default:
                break
            }
            look()
        }

        func channelInactive(context: ChannelHandlerContext) {
            seen.isClosed = true
            look()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {}

        private func look() {
            let ready = waiters.filter { $0.isEnough(seen) || seen.isClosed }
            waiters.removeAll { $0.isEnough(seen) || seen.isClosed }
            for waiter in ready { waiter.promise.succeed(seen) }
        }
    }
}

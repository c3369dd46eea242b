import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix

/// OTLP over one gRPC connection; every request is a stream of its own.
final class GRPCTransport: Transport {
    private let lane: Lane
    private let channel: any Channel
    private let multiplexer: NIOHTTP2Handler.StreamMultiplexer
    private let headers: HPACKHeaders
    private let isGzipped: Bool

    private init(
        lane: Lane, channel: any Channel, multiplexer: NIOHTTP2Handler.StreamMultiplexer, host: String,
        isGzipped: Bool
    ) {
        self.lane = lane
        self.channel = channel
        self.multiplexer = multiplexer
        self.isGzipped = isGzipped
        var headers: HPACKHeaders = [
            ":method": "POST", ":scheme": "http", ":authority": host,
            ":path": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            "content-type": "application/grpc", "te": "trailers", "user-agent": "spanmeter-load",
        ]
        if isGzipped { headers.add(name: "grpc-encoding", value: "gzip") }
        self.headers = headers
    }

    static func connect(
        to address: SocketAddress, host: String, isGzipped: Bool, lane: NIOLoopBound<Lane>
    ) -> EventLoopFuture<NIOLoopBound<any Transport>> {
        ClientBootstrap(group: lane.value.loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(to: address)
            .flatMapThrowing { channel in
                let multiplexer = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
                    mode: .client,
                    connectionConfiguration: .init(),
                    streamConfiguration: .init(),
                    inboundStreamInitializer: { $0.close() }
                )
                let transport = GRPCTransport(
                    lane: lane.value, channel: channel, multiplexer: multiplexer, host: host,
                    isGzipped: isGzipped
                )
                channel.closeFuture.assumeIsolated().whenComplete { _ in lane.value.disconnected() }
                return NIOLoopBound(transport as any Transport, eventLoop: channel.eventLoop)
            }
    }

    func send(_ body: ByteBuffer, slot: Int) {
        let lane = NIOLoopBound(lane, eventLoop: lane.loop)
        let opened = channel.eventLoop.makePromise(of: (any Channel).self)
        multiplexer.createStreamChannel(promise: opened) { [headers, isGzipped] stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(
                    GRPCRequest(
                        lane: lane.value, slot: slot, headers: headers, message: body, isGzipped: isGzipped
                    )
                )
            }
        }
        opened.futureResult.assumeIsolated().whenFailure { _ in
            // The connection is closing: `disconnected` follows.
            lane.value.answered(.lost(reason: "connection closed before the answer"), slot: slot)
            self.close()
        }
    }

    func close() {
        channel.close(promise: nil)
    }
}

/// One unary call: sends its message when the stream opens and reports exactly one answer.
private final class GRPCRequest: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let lane: Lane
    private let slot: Int
    private let headers: HPACKHeaders
    private var message: ByteBuffer?
    private let isGzipped: Bool
    private var response = ByteBuffer()
    private var httpStatus: String?
    private var isAnswered = false

    init(lane: Lane, slot: Int, headers: HPACKHeaders, message: ByteBuffer, isGzipped: Bool) {
        self.lane = lane
        self.slot = slot
        self.headers = headers
        self.message = message
        self.isGzipped = isGzipped
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let message else { return }
        var head = context.channel.allocator.buffer(capacity: 5)
        head.writeInteger(isGzipped ? 1 : 0, as: UInt8.self)
        head.writeInteger(UInt32(message.readableBytes))
        context.write(wrapOutboundOut(.headers(.init(headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.data(.init(data: .byteBuffer(head)))), promise: nil)
        context.writeAndFlush(
            wrapOutboundOut(.data(.init(data: .byteBuffer(message), endStream: true))), promise: nil
        )
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let frame):
            if let status = frame.headers.first(name: ":status") { httpStatus = status }
            if let status = frame.headers.first(name: "grpc-status").flatMap({ Int($0) }) {
                response.moveReaderIndex(forwardBy: min(5, response.readableBytes))
                answer(.grpc(status: status, body: response))
            } else if frame.endStream {
                answer(.failed(code: "HTTP \(httpStatus ?? "?") without grpc-status"))
            }
        case .data(let frame):
            if case .byteBuffer(var part) = frame.data { response.writeBuffer(&part) }
        default:
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer(.refused(code: "stream reset", wait: nil))
    }

    private func answer(_ answer: Answer) {
        guard !isAnswered else { return }
        isAnswered = true
        // The lane fills the next request into the same memory, if nobody else holds it.
        message = nil
        lane.answered(answer, slot: slot)
    }
}

import NIOCore
import NIOHTTP1
import NIOPosix

/// OTLP over one HTTP/1.1 connection; requests beyond the first are pipelined and answered in order.
final class HTTPTransport: ChannelInboundHandler, Transport {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let lane: Lane
    private let baseHeaders: HTTPHeaders
    private let channel: any Channel
    private var waiting = CircularBuffer<Int>()
    private var status = 0
    private var retryAfter: String?
    private var body = ByteBuffer()

    init(lane: Lane, channel: any Channel, host: String, isGzipped: Bool) {
        self.lane = lane
        self.channel = channel
        var headers = HTTPHeaders([
            ("host", host), ("content-type", "application/x-protobuf"), ("user-agent", "spanmeter-load"),
        ])
        if isGzipped { headers.add(name: "content-encoding", value: "gzip") }
        baseHeaders = headers
    }

    static func connect(
        to address: SocketAddress, host: String, isGzipped: Bool, lane: NIOLoopBound<Lane>
    ) -> EventLoopFuture<NIOLoopBound<any Transport>> {
        ClientBootstrap(group: lane.value.loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        HTTPTransport(lane: lane.value, channel: channel, host: host, isGzipped: isGzipped)
                    )
                }
            }
            .connect(to: address)
            .flatMapThrowing { channel in
                let handler = try channel.pipeline.syncOperations.handler(type: HTTPTransport.self)
                return NIOLoopBound(handler as any Transport, eventLoop: channel.eventLoop)
            }
    }

    func send(_ body: ByteBuffer, slot: Int) {
        waiting.append(slot)
        var headers = baseHeaders
        headers.add(name: "content-length", value: String(body.readableBytes))
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/traces", headers: headers)
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }

    func close() {
        channel.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = Int(head.status.code)
            retryAfter = head.headers.first(name: "retry-after")
            body.clear()
        case .body(var part):
            body.writeBuffer(&part)
        case .end:
            guard let slot = waiting.popFirst() else { return }
            lane.answered(.http(status: status, retryAfter: retryAfter, body: body), slot: slot)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        while let slot = waiting.popFirst() {
            lane.answered(.lost(reason: "connection closed before the answer"), slot: slot)
        }
        lane.disconnected()
        context.fireChannelInactive()
    }
}

import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix

/// Takes in the connections of one listener and gives each its handlers.
struct ConnectionSetup: Sendable {
    /// A connection that is not taken; NIO closes it.
    private struct NotTaken: Error {}

    let role: ListenerRole
    let gate: ConnectionGate
    let registry: ConnectionRegistry
    let metrics: RequestMetrics
    let install: @Sendable (any Channel) throws -> Void

    func bootstrap(_ group: any EventLoopGroup) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A body of 200 kB in few reads; a connection that gets little goes back to little buffers.
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 4 << 10, initial: 64 << 10, maximum: 256 << 10
                )
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try take(channel) }
            }
    }

    private func take(_ channel: any Channel) throws {
        guard gate.enter() else {
            metrics.record(.tooMany, on: role)
            throw NotTaken()
        }
        guard registry.add(channel) else {
            gate.leave()
            throw NotTaken()
        }
        channel.closeFuture.whenComplete { _ in
            gate.leave()
            registry.remove(channel)
        }
        try install(channel)
    }
}

/// The handlers of each kind of connection.
enum Pipelines {
    static func http(_ receiver: Receiver, _ resources: LoopResources, on channel: any Channel) throws {
        try allowHalfClosure(channel)
        let handlers = channel.pipeline.syncOperations
        try handlers.addHandler(ReadHold())
        try handlers.addHandler(requestDecoder(receiver.limits))
        try handlers.addHandler(HTTPReceiver(receiver, resources: resources))
    }

    static func grpc(_ receiver: Receiver, _ resources: LoopResources, on channel: any Channel) throws {
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            .init(parameter: .maxConcurrentStreams, value: receiver.limits.streamCountMax),
            .init(parameter: .initialWindowSize, value: GRPCReceiver.windowByteCount),
            // DATA is handed on as it comes, so large frames cost no memory and save a frame head each.
            .init(parameter: .maxFrameSize, value: 1 << 20),
            .init(parameter: .maxHeaderListSize, value: 16 << 10),
        ]
        // grpc-go measures the bandwidth with a PING per answer: NIO's 200 in 30 s would end a busy
        // collector's connection within seconds.
        connection.controlFrameRateLimit.maximumCount = 2_000
        connection.controlFrameRateLimit.windowLength = .seconds(1)
        let goodbye = GoAwayWatch()
        let handlers = channel.pipeline.syncOperations
        try handlers.addHandler(ReadHold())
        try handlers.addHandler(
            NIOHTTP2Handler(mode: .server, frameDelegate: goodbye, connectionConfiguration: connection)
        )
        try handlers.addHandler(GRPCReceiver(receiver, resources: resources, goodbye: goodbye))
    }

    static func scrape(_ service: ScrapeService, on channel: any Channel) throws {
        try allowHalfClosure(channel)
        let handlers = channel.pipeline.syncOperations
        try handlers.addHandler(HTTPResponseEncoder())
        try handlers.addHandler(requestDecoder(service.limits))
        try handlers.addHandler(HTTPServerPipelineHandler())
        try handlers.addHandler(ScrapeHandler(service))
    }

    /// A peer that has sent its request may close its half of the connection and still get its answer.
    private static func allowHalfClosure(_ channel: any Channel) throws {
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
    }

    private static func requestDecoder(_ limits: ServiceLimits) -> ByteToMessageHandler<HTTPRequestDecoder> {
        var bounds = NIOHTTPDecoderLimitConfiguration()
        bounds.maxHeaderFieldSize = limits.headByteCountMax
        bounds.maxHeaderListSize = limits.headByteCountMax
        bounds.maxHeaderFieldCount = 100
        return ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: bounds))
    }
}

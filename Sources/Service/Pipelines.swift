import NIOCore
import NIOHTTP1
import NIOHTTP2

/// The handlers of each kind of connection.
enum Pipelines {
    /// OTLP over HTTP/1, or over gRPC where the connection begins with HTTP/2's preface.
    static func http(_ receiver: Receiver, _ resources: LoopResources, on channel: any Channel) throws {
        try allowHalfClosure(channel, true)
        let handlers = channel.pipeline.syncOperations
        let http = HTTPReceiver(receiver, resources: resources)
        try handlers.addHandler(ReadHold())
        try handlers.addHandler(
            PrefaceWatch { channel, watch, isHTTP2 in
                let handlers = channel.pipeline.syncOperations
                guard isHTTP2 else {
                    return try handlers.addHandler(
                        requestDecoder(receiver.limits), position: .after(watch))
                }
                handlers.removeHandler(http, promise: nil)
                try allowHalfClosure(channel, false)
                try addGRPC(receiver, resources, to: channel)
            })
        try handlers.addHandler(http)
    }

    /// OTLP over gRPC, with prior knowledge of HTTP/2.
    static func grpc(_ receiver: Receiver, _ resources: LoopResources, on channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(ReadHold())
        try addGRPC(receiver, resources, to: channel)
    }

    private static func addGRPC(_ receiver: Receiver, _ resources: LoopResources, to channel: any Channel)
        throws
    {
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
        // As many streams as there can be may be refused at once, with their bytes still on the way.
        connection.maximumRecentlyResetStreams = 2 * receiver.limits.streamCountMax
        let goodbye = GoAwayWatch()
        let handlers = channel.pipeline.syncOperations
        try handlers.addHandler(
            NIOHTTP2Handler(mode: .server, frameDelegate: goodbye, connectionConfiguration: connection)
        )
        try handlers.addHandler(GRPCReceiver(receiver, resources: resources, goodbye: goodbye))
    }

    /// The scrape endpoint.
    static func scrape(_ service: ScrapeService, on channel: any Channel) throws {
        try allowHalfClosure(channel, true)
        let handlers = channel.pipeline.syncOperations
        // We set the framing: the encoder would end the answer to a HEAD, which has no body, with a last chunk.
        var framing = HTTPResponseEncoder.Configuration()
        framing.automaticallySetFramingHeaders = false
        try handlers.addHandler(ReadHold())
        try handlers.addHandler(HTTPResponseEncoder(configuration: framing))
        try handlers.addHandler(requestDecoder(service.limits))
        try handlers.addHandler(HTTPServerPipelineHandler())
        try handlers.addHandler(ScrapeHandler(service))
    }

    /// A peer that has sent its request may close its half of the connection and still get its answer.
    private static func allowHalfClosure(_ channel: any Channel, _ value: Bool) throws {
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: value)
    }

    private static func requestDecoder(_ limits: ServiceLimits) -> ByteToMessageHandler<HTTPRequestDecoder> {
        var bounds = NIOHTTPDecoderLimitConfiguration()
        bounds.maxHeaderFieldSize = limits.headByteCountMax
        bounds.maxHeaderListSize = limits.headByteCountMax
        bounds.maxHeaderFieldCount = 100
        // All bytes are taken as they come, but for those behind a request that wants another protocol.
        return ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: bounds),
            maximumBufferSize: ServiceLimits.unreadByteCountMax)
    }
}

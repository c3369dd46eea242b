import NIOCore

/// Looks at the first bytes of a connection: HTTP/2 with prior knowledge begins like no HTTP/1 request.
///
/// So one port serves clients of both OTLP protocols: an endpoint that only says `http://host:port` leaves it to the
/// client which of them it speaks.
final class PrefaceWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Gives a connection the handlers that belong behind this one.
    typealias Decision = (_ channel: any Channel, _ watch: PrefaceWatch, _ isHTTP2: Bool) throws -> Void

    private let decide: Decision
    /// What came while it was too little to tell.
    private var held = ByteBuffer()

    private static let preface = Array("PRI ".utf8)

    /// - Parameter decide: called once, with the first bytes; before that nothing is read.
    init(decide: @escaping Decision) { self.decide = decide }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if held.readableBytes > 0 {
            held.writeBuffer(&bytes)
            bytes = held
        }
        let count = min(bytes.readableBytes, Self.preface.count)
        let isAlike = bytes.readableBytesView.prefix(count).elementsEqual(Self.preface.prefix(count))
        if isAlike, count < Self.preface.count {
            held = bytes
        } else {
            handOn(bytes, isHTTP2: isAlike, context)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // What was too little to tell is all that came.
        let rest = held
        let isEnd = event is ChannelEvent && rest.readableBytes > 0
        if isEnd { handOn(rest, isHTTP2: false, context) }
        context.fireUserInboundEventTriggered(event)
        if isEnd { context.pipeline.syncOperations.removeHandler(self, promise: nil) }
    }

    private func handOn(_ bytes: ByteBuffer, isHTTP2: Bool, _ context: ChannelHandlerContext) {
        held = ByteBuffer()
        do {
            try decide(context.channel, self, isHTTP2)
            context.fireChannelRead(wrapInboundOut(bytes))
        } catch {
            context.close(promise: nil)
        }
    }
}

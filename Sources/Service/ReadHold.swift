import NIOCore

/// Reads no more from a peer that does not read what it is answered.
///
/// Without it a peer that pipelines requests and leaves the answers unread would make them pile up here.
final class ReadHold: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private var isHeld = false

    func read(context: ChannelHandlerContext) {
        guard context.channel.isWritable else {
            isHeld = true
            return
        }
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isHeld, context.channel.isWritable {
            isHeld = false
            context.read()
        }
        context.fireChannelWritabilityChanged()
    }
}

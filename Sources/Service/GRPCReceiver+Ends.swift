import NIOCore
import NIOHTTP2
import OTLP

/// Deadlines of streams and of the connection, and how it ends.
extension GRPCReceiver {
    /// Called when the connection's deadline is reached.
    func expire(context: ChannelHandlerContext) {
        if isClosing, streams.isEmpty { return context.close(promise: nil) }
        let now = NIODeadline.now()
        var next = NIODeadline.distantFuture
        for (id, stream) in streams where !stream.isWaiting {
            let deadline = stream.began + limits.requestDeadline
            if deadline > now {
                next = min(next, deadline)
                continue
            }
            receiver.metrics.record(.slowRequest, on: .grpc)
            let seconds = limits.requestDeadline.nanoseconds / 1_000_000_000
            let answer = GRPCAnswer.error(.deadlineExceeded, "request did not come whole within \(seconds) s")
            end(id, stream, answer, peerIsDone: false, context: context)
        }
        flush(context: context)
        if !streams.isEmpty {
            timer?.set(next, now: now)
        } else if !isClosing {
            expireIdle(context: context, now: now)
        }
    }

    private func expireIdle(context: ChannelHandlerContext, now: NIODeadline) {
        let isUnused = lastStreamID == .rootStream
        let deadline = idleSince + (isUnused ? limits.requestDeadline : limits.idleDeadline)
        guard deadline <= now else {
            timer?.set(deadline, now: now)
            return
        }
        receiver.metrics.record(isUnused ? .noRequest : .idle, on: .grpc)
        sayGoodbye(context: context)
        closeIfDone(context: context)
    }

    /// Announces that streams begun later than now are not served.
    func sayGoodbye(context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        let payload = HTTP2Frame.FramePayload.goAway(
            lastStreamID: lastStreamID, errorCode: .noError, opaqueData: nil
        )
        write(payload, on: .rootStream, context: context)
        flush(context: context)
    }

    /// Ends a connection that takes no more streams and has none.
    func closeIfDone(context: ChannelHandlerContext) {
        guard isClosing, streams.isEmpty else { return }
        close(context: context)
    }

    /// As the HTTP receiver: the last answers reach the peer before the connection goes.
    func close(context: ChannelHandlerContext) {
        isClosing = true
        releaseStreams()
        flush(context: context)
        context.close(mode: .output, promise: nil)
        let now = NIODeadline.now()
        timer?.set(now + limits.lingerDeadline, now: now)
    }

    /// Called when the connection is gone: what was waited for is dropped.
    func finish() {
        timer?.stop()
        timer = nil
        releaseStreams()
    }

    private func releaseStreams() {
        for stream in streams.values { stream.release() }
        streams = [:]
        receivingCount = 0
    }
}

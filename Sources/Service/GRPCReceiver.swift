import MetricModel
import NIOCore
import NIOHTTP2
import OTLP

/// OTLP over gRPC on one connection: unary calls, answered on the frames themselves.
///
/// There is no channel per stream: a stream is one object, and an export of 512 spans needs no window update
/// of its own. Bytes go through the connection's window of 4 MiB, refilled when half used. Streams are answered
/// independently, each when its outcome is known; the number of streams bounds how many can wait for theirs.
final class GRPCReceiver: ChannelInboundHandler, AnswerTarget {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// Of a stream and of the connection.
    static let windowByteCount = 4 << 20

    let receiver: Receiver
    private let resources: LoopResources
    private let goodbye: GoAwayWatch
    var streams: [HTTP2StreamID: GRPCStream] = [:]
    /// Of `streams`, those whose message is not there yet: they alone have a deadline.
    var receivingCount = 0
    var lastStreamID = HTTP2StreamID.rootStream
    var idleSince = NIODeadline.now()
    var isClosing = false
    private var needsFlush = false
    var timer: ConnectionTimer?
    private var context: ChannelHandlerContext?

    /// `goodbye` watches the frames of the `NIOHTTP2Handler` before this one.
    init(_ receiver: Receiver, resources: LoopResources, goodbye: GoAwayWatch) {
        self.receiver = receiver
        self.resources = resources
        self.goodbye = goodbye
    }

    var limits: ServiceLimits { receiver.limits }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let timer = ConnectionTimer(
            eventLoop: context.eventLoop,
            tick: min(limits.requestDeadline, limits.idleDeadline)
        ) { self.expire(context: context) }
        self.timer = timer
        let now = NIODeadline.now()
        idleSince = now
        timer.set(now + limits.requestDeadline, now: now)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        widenWindow(context: context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let headers):
            if let stream = streams[frame.streamID] {
                // Trailers: no rule of gRPC's, but a way to end a stream.
                if headers.endStream { complete(frame.streamID, stream, context: context) }
            } else {
                open(frame.streamID, headers, context: context)
            }
        case .data(let data):
            guard let stream = streams[frame.streamID], case .byteBuffer(let slice) = data.data else {
                return
            }
            if let answer = stream.receive(slice, limits: limits) {
                end(frame.streamID, stream, answer, peerIsDone: data.endStream, context: context)
            } else if data.endStream {
                complete(frame.streamID, stream, context: context)
            }
        case .goAway:
            isClosing = true
            closeIfDone(context: context)
        default:
            break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        for stream in streams.values { stream.settle() }
        flush(context: context)
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as NIOHTTP2WindowUpdatedEvent:
            refill(event, context: context)
        case let event as StreamClosedEvent:
            guard let stream = remove(event.streamID) else { return }
            receiver.metrics.record(.grpc, stream.signal, .grpc(.cancelled), took: .now() - stream.began)
            rest(context: context)
        case is ChannelShouldQuiesceEvent:
            sayGoodbye(context: context)
            closeIfDone(context: context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An error of one stream has reset that stream, nothing else; one of the connection has sent GOAWAY.
        guard goodbye.isSent || error is NIOHTTP2Errors.BadClientMagic, !isClosing else { return }
        receiver.metrics.record(.protocolError, on: .grpc)
        close(context: context)
    }

    // MARK: Streams

    private func open(
        _ id: HTTP2StreamID,
        _ headers: HTTP2Frame.FramePayload.Headers,
        context: ChannelHandlerContext
    ) {
        lastStreamID = max(lastStreamID, id)
        let now = NIODeadline.now()
        let facts = GRPCRequestFacts(headers.headers)
        let stream = GRPCStream(facts, began: now, receiver: receiver, resources: resources)
        if receivingCount == 0 { timer?.set(now + limits.requestDeadline, now: now) }
        streams[id] = stream
        receivingCount += 1
        if let refusal = facts.refusal {
            end(id, stream, refusal, peerIsDone: headers.endStream, context: context)
        } else if !stream.begin() {
            let refusal = GRPCAnswer.overloaded(retryAfterSeconds: limits.retryAfterSeconds)
            end(id, stream, refusal, peerIsDone: headers.endStream, context: context)
        } else if headers.endStream {
            complete(id, stream, context: context)
        }
    }

    private func complete(_ id: HTTP2StreamID, _ stream: GRPCStream, context: ChannelHandlerContext) {
        let pending = PendingAnswer(to: self, number: UInt64(Int(id)), on: context.eventLoop)
        if let answer = stream.finish(receiver, answer: pending) {
            end(id, stream, answer, peerIsDone: true, context: context)
        } else {
            receivingCount -= 1
            stream.release()
        }
    }

    func resolve(_ number: UInt64, _ outcome: ExportOutcome) {
        let id = HTTP2StreamID(Int(number))
        guard let context, let stream = streams[id], stream.isWaiting else { return }
        end(id, stream, .answer(to: outcome), peerIsDone: true, context: context)
    }

    func flushAnswers() {
        if let context { flush(context: context) }
    }

    /// Forgets a stream and gives back what it held.
    private func remove(_ id: HTTP2StreamID) -> GRPCStream? {
        guard let stream = streams.removeValue(forKey: id) else { return nil }
        if !stream.isWaiting { receivingCount -= 1 }
        stream.release()
        return stream
    }

    /// Answers a stream; when the peer has more to send it is told to stop, without that being an error.
    func end(
        _ id: HTTP2StreamID,
        _ stream: GRPCStream,
        _ answer: GRPCAnswer,
        peerIsDone: Bool,
        context: ChannelHandlerContext
    ) {
        _ = remove(id)
        switch answer.form {
        case .message(let message):
            write(.headers(.init(headers: GRPCAnswer.headers)), on: id, context: context)
            write(.data(.init(data: .byteBuffer(GRPCAnswer.framed(message)))), on: id, context: context)
            write(.headers(.init(headers: GRPCAnswer.trailers, endStream: true)), on: id, context: context)
        case .headersOnly(let headers):
            write(.headers(.init(headers: headers, endStream: true)), on: id, context: context)
        case .body(let headers, let body):
            let data = ByteBuffer(bytes: body)
            write(.headers(.init(headers: headers)), on: id, context: context)
            write(.data(.init(data: .byteBuffer(data), endStream: true)), on: id, context: context)
        }
        if !peerIsDone { write(.rstStream(.noError), on: id, context: context) }
        receiver.metrics.record(.grpc, stream.signal, answer.code, took: .now() - stream.began)
        rest(context: context)
    }

    /// Called when a stream has ended.
    private func rest(context: ChannelHandlerContext) {
        guard streams.isEmpty else { return }
        let now = NIODeadline.now()
        idleSince = now
        if isClosing {
            closeIfDone(context: context)
        } else {
            timer?.set(now + limits.idleDeadline, now: now)
        }
    }

    // MARK: Windows

    /// The connection's window begins at 65,535 whatever the settings say.
    private func widenWindow(context: ChannelHandlerContext) {
        write(
            .windowUpdate(windowSizeIncrement: Self.windowByteCount - 65_535), on: .rootStream,
            context: context)
        flush(context: context)
    }

    private func refill(_ event: NIOHTTP2WindowUpdatedEvent, context: ChannelHandlerContext) {
        guard let size = event.inboundWindowSize, size < Self.windowByteCount / 2 else { return }
        if event.streamID != .rootStream, streams[event.streamID] == nil { return }
        write(
            .windowUpdate(windowSizeIncrement: Self.windowByteCount - size), on: event.streamID,
            context: context)
    }

    func write(
        _ payload: HTTP2Frame.FramePayload,
        on id: HTTP2StreamID,
        context: ChannelHandlerContext
    ) {
        context.write(wrapOutboundOut(HTTP2Frame(streamID: id, payload: payload)), promise: nil)
        needsFlush = true
    }

    func flush(context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        context.flush()
    }
}

import MetricModel
import NIOCore
import NIOHTTP1
import OTLP

/// OTLP over HTTP/1 on one connection.
///
/// A request is answered in the call that brings its last byte, so pipelined requests are answered in order
/// without a queue. A refused one is answered at its head, and its body dropped.
final class HTTPReceiver: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Between requests.
        case idle
        /// The body of an accepted head is gathered.
        case receiving
        /// The request is answered; this many bytes of its body may still come.
        case skipping(byteCountLeft: Int)
        /// The last answer is written; nothing counts any more.
        case closing
    }

    private let receiver: Receiver
    private var body: RequestBody
    private var phase = Phase.idle
    private var facts: HTTPRequestFacts?
    private var isHTTP10 = false
    private var isKeepAlive = true
    private var began = NIODeadline.now()
    private var requestCount = 0
    private var isDraining = false
    private var needsFlush = false
    private var timer: ConnectionTimer?

    /// `resources` are those of the connection's loop.
    init(_ receiver: Receiver, resources: LoopResources) {
        self.receiver = receiver
        body = RequestBody(
            resources: resources, admission: receiver.admission,
            byteCountMax: receiver.limits.bodyByteCountMax
        )
    }

    private var limits: ServiceLimits { receiver.limits }

    func handlerAdded(context: ChannelHandlerContext) {
        let timer = ConnectionTimer(
            eventLoop: context.eventLoop,
            tick: min(limits.requestDeadline, limits.idleDeadline)
        ) { self.expire(context: context) }
        self.timer = timer
        let now = NIODeadline.now()
        timer.set(now + limits.requestDeadline, now: now)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): receive(head, context: context)
        case .body(let slice): receive(slice, context: context)
        case .end: receiveEnd(context: context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .receiving = phase { body.settle() }
        flush(context: context)
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            isDraining = true
            if case .idle = phase { close(context: context, lingers: false) }
        case ChannelEvent.inputClosed:
            // Nothing more comes, and what came whole is answered.
            if case .closing = phase { break }
            flush(context: context)
            close(context: context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            context.close(promise: nil)
            return
        }
        if case .closing = phase { return }
        receiver.metrics.record(.protocolError, on: .http)
        if case .idle = phase { began = .now() }
        isKeepAlive = false
        let answer: HTTPAnswer =
            error == .headerOverflow
            ? .error(
                .headTooLarge, .resourceExhausted, "request head is over \(limits.headByteCountMax) bytes")
            : .error(.badRequest, .invalidArgument, "request is not HTTP/1: \(error)")
        if case .skipping = phase { return close(context: context) }
        write(answer, context: context)
        close(context: context)
    }

    // MARK: Parts of a request

    private func receive(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        guard case .idle = phase else { return }
        let facts = HTTPRequestFacts(head)
        self.facts = facts
        isHTTP10 = head.version.minor == 0
        isKeepAlive = head.isKeepAlive && !isDraining
        requestCount += 1
        let now = NIODeadline.now()
        began = now
        timer?.set(now + limits.requestDeadline, now: now)
        if let refusal = facts.refusal(bodyByteCountMax: limits.bodyByteCountMax) {
            return refuse(refusal, context: context)
        }
        guard body.begin() else {
            return refuse(.overloaded(retryAfterSeconds: limits.retryAfterSeconds), context: context)
        }
        phase = .receiving
        if let contentLength = facts.contentLength { body.expect(byteCount: contentLength) }
        if case .continue = facts.expectation, facts.hasBody, !isHTTP10 {
            context.write(wrapOutboundOut(HTTPAnswer.continueBytes), promise: nil)
            needsFlush = true
        }
    }

    private func receive(_ slice: ByteBuffer, context: ChannelHandlerContext) {
        switch phase {
        case .receiving:
            switch body.append(slice) {
            case .taken: break
            case .tooLarge: refuse(.tooLarge(limits.bodyByteCountMax), context: context)
            case .refused:
                refuse(.overloaded(retryAfterSeconds: limits.retryAfterSeconds), context: context)
            }
        case .skipping(let left):
            let left = left - slice.readableBytes
            phase = .skipping(byteCountLeft: left)
            if left < 0 { close(context: context) }
        case .idle, .closing:
            break
        }
    }

    private func receiveEnd(context: ChannelHandlerContext) {
        switch phase {
        case .receiving:
            let isGzip = facts?.encoding == .gzip
            let result = body.export(isGzip: isGzip, to: receiver.sink, via: .httpProtobuf)
            body.reset()
            if case .done(.accepted) = result, isKeepAlive, !isHTTP10 {
                context.write(wrapOutboundOut(HTTPAnswer.acceptedBytes), promise: nil)
                needsFlush = true
                count(.ok)
            } else {
                write(.answer(to: result, limits: limits), context: context)
            }
            endRequest(context: context)
        case .skipping:
            endRequest(context: context)
        case .idle, .closing:
            break
        }
    }

    /// Answers a request whose body has not come whole. The connection lives on when what is left of the body
    /// is known to be little; otherwise it is closed, because reading on would serve nobody.
    private func refuse(_ answer: HTTPAnswer, context: ChannelHandlerContext) {
        let left = (facts?.contentLength ?? 0) - body.byteCount
        body.reset()
        var waitsForContinue = false
        if case .continue = facts?.expectation, case .idle = phase { waitsForContinue = true }
        if answer.code == .contentTooLarge || facts?.isChunked == true || waitsForContinue
            || left > ServiceLimits.skippedByteCountMax
        {
            isKeepAlive = false
        }
        write(answer, context: context)
        if isKeepAlive {
            phase = .skipping(byteCountLeft: ServiceLimits.skippedByteCountMax)
        } else if facts?.hasBody == true {
            close(context: context)
        } else {
            phase = .skipping(byteCountLeft: 0)
        }
    }

    private func endRequest(context: ChannelHandlerContext) {
        facts = nil
        guard isKeepAlive, !isDraining else { return close(context: context) }
        phase = .idle
        let now = NIODeadline.now()
        timer?.set(now + limits.idleDeadline, now: now)
    }

    // MARK: Answers and ends

    private func write(_ answer: HTTPAnswer, context: ChannelHandlerContext) {
        let connection: HTTPAnswer.Connection =
            !isKeepAlive ? .close : isHTTP10 ? .keepAlive : .implied
        context.write(wrapOutboundOut(answer.rendered(connection: connection)), promise: nil)
        needsFlush = true
        count(answer.code)
    }

    private func count(_ code: HTTPCode) {
        receiver.metrics.record(
            .httpProtobuf, facts?.signal ?? .other, .http(code), took: NIODeadline.now() - began
        )
    }

    private func flush(context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        context.flush()
    }

    private func expire(context: ChannelHandlerContext) {
        switch phase {
        case .idle:
            receiver.metrics.record(requestCount == 0 ? .noRequest : .idle, on: .http)
            close(context: context, lingers: false)
        case .receiving:
            receiver.metrics.record(.slowRequest, on: .http)
            isKeepAlive = false
            body.reset()
            let seconds = limits.requestDeadline.nanoseconds / 1_000_000_000
            write(
                .error(.requestTimeout, .deadlineExceeded, "request did not come whole within \(seconds) s"),
                context: context
            )
            close(context: context)
        case .skipping:
            receiver.metrics.record(.slowRequest, on: .http)
            close(context: context)
        case .closing:
            context.close(promise: nil)
        }
    }

    /// Says that nothing more comes and, when an answer is on its way, waits a moment for the peer to close: see
    /// `lingerDeadline`.
    private func close(context: ChannelHandlerContext, lingers: Bool = true) {
        if case .closing = phase { return }
        phase = .closing
        body.reset()
        flush(context: context)
        let closed = context.eventLoop.makePromise(of: Void.self)
        context.close(mode: .output, promise: closed)
        if !lingers { closed.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
        let now = NIODeadline.now()
        timer?.set(now + limits.lingerDeadline, now: now)
    }

    private func finish() {
        timer?.stop()
        timer = nil
        body.reset()
    }
}

import MetricModel
import NIOCore
import NIOHTTP1
import OTLP

/// OTLP over HTTP/1 on one connection.
///
/// A request whose outcome is known at once is answered in the call that brings its last byte; one that has to
/// wait is put into a queue, and the requests after it are read and handed over meanwhile. Answers go out in the
/// order of the requests. A refused request is answered when it is its turn, and its body dropped.
final class HTTPReceiver: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between requests.
        case idle
        /// The body of an accepted head is gathered.
        case receiving
        /// The request is answered; this many bytes of its body may still come.
        case skipping(byteCountLeft: Int)
        /// No more requests are taken; the connection ends when those that wait are answered.
        case finishing
        /// The last answer is written; nothing counts any more.
        case closing
    }

    let receiver: Receiver
    var body: RequestBody
    var phase = Phase.idle
    var facts: HTTPRequestFacts?
    /// The request that is received.
    var exchange = HTTPExchange(began: .now())
    /// Those before it that are not answered.
    var answers = AnswerQueue()
    /// The peer waits for a 100, which must not overtake an answer.
    var owesContinue = false
    /// The next read waits until the queue is no longer full.
    var isReadHeld = false
    var isDraining = false
    var needsFlush = false
    var timer: ConnectionTimer?
    /// As long as the handler is in its pipeline.
    private(set) var context: ChannelHandlerContext?
    private var requestCount = 0

    /// `resources` are those of the connection's loop.
    init(_ receiver: Receiver, resources: LoopResources) {
        self.receiver = receiver
        body = RequestBody(
            resources: resources, admission: receiver.admission,
            byteCountMax: receiver.limits.bodyByteCountMax
        )
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
        timer.set(now + limits.requestDeadline, now: now)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
        self.context = nil
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

    /// Reads no more while as many requests as may be are not answered.
    func read(context: ChannelHandlerContext) {
        isReadHeld = answers.isFull
        if !isReadHeld { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            isDraining = true
            if case .idle = phase { close(context: context, lingers: !answers.isEmpty) }
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
        switch phase {
        case .finishing, .closing: return
        case .idle: exchange = HTTPExchange(began: .now())
        case .receiving, .skipping: break
        }
        receiver.metrics.record(.protocolError, on: .http)
        exchange.isKeepAlive = false
        let reply: HTTPAnswer =
            error == .headerOverflow
            ? .error(
                .headTooLarge, .resourceExhausted, "request head is over \(limits.headByteCountMax) bytes")
            : .error(.badRequest, .invalidArgument, "request is not HTTP/1: \(error)")
        if case .skipping = phase { return close(context: context) }
        answer(reply, context: context)
        close(context: context)
    }

    // MARK: Parts of a request

    private func receive(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        guard case .idle = phase else { return }
        let facts = HTTPRequestFacts(head)
        self.facts = facts
        requestCount += 1
        let now = NIODeadline.now()
        exchange = HTTPExchange(
            signal: facts.signal, began: now, isHTTP10: head.version.minor == 0,
            isKeepAlive: head.isKeepAlive && !head.endsHTTP && !isDraining, isHead: facts.isHead
        )
        timer?.set(now + limits.requestDeadline, now: now)
        if let refusal = facts.refusal(bodyByteCountMax: limits.bodyByteCountMax) {
            return refuse(refusal, context: context)
        }
        guard body.begin() else {
            return refuse(.overloaded(retryAfterSeconds: limits.retryAfterSeconds), context: context)
        }
        phase = .receiving
        if let contentLength = facts.contentLength { body.expect(byteCount: contentLength) }
        if case .continue = facts.expectation, facts.hasBody, !exchange.isHTTP10 {
            owesContinue = true
            if answers.isEmpty { writeContinue(context: context) }
        }
    }

    private func receive(_ slice: ByteBuffer, context: ChannelHandlerContext) {
        switch phase {
        case .receiving:
            // Who sends its body waits for no 100.
            owesContinue = false
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
        case .idle, .finishing, .closing:
            break
        }
    }

    private func receiveEnd(context: ChannelHandlerContext) {
        switch phase {
        case .receiving:
            let isGzip = facts?.encoding == .gzip
            let pending = PendingAnswer(to: self, number: answers.nextNumber, on: context.eventLoop)
            let result = body.export(isGzip: isGzip, to: receiver.sink, via: .httpProtobuf, answer: pending)
            body.reset()
            switch result {
            case .pending: answers.append(exchange, nil)
            case .done(let outcome): answer(.answer(to: outcome), context: context)
            case .failed(let failure): answer(.answer(to: failure, limits: limits), context: context)
            }
            endRequest(context: context)
        case .skipping:
            endRequest(context: context)
        case .idle, .finishing, .closing:
            break
        }
    }

    /// Answers a request whose body has not come whole. The connection lives on when what is left of the body
    /// is known to be little; otherwise it is closed, because reading on would serve nobody.
    private func refuse(_ refusal: HTTPAnswer, context: ChannelHandlerContext) {
        let left = (facts?.contentLength ?? 0) - body.byteCount
        body.reset()
        owesContinue = false
        var waitsForContinue = false
        if case .continue = facts?.expectation, case .idle = phase { waitsForContinue = true }
        if refusal.code == .contentTooLarge || facts?.isChunked == true || waitsForContinue
            || left > ServiceLimits.skippedByteCountMax
        {
            exchange.isKeepAlive = false
        }
        answer(refusal, context: context)
        if exchange.isKeepAlive {
            phase = .skipping(byteCountLeft: ServiceLimits.skippedByteCountMax)
        } else if facts?.hasBody == true {
            close(context: context)
        } else {
            phase = .skipping(byteCountLeft: 0)
        }
    }

    private func endRequest(context: ChannelHandlerContext) {
        facts = nil
        guard exchange.isKeepAlive, !isDraining else { return close(context: context) }
        phase = .idle
        let now = NIODeadline.now()
        timer?.set(now + limits.idleDeadline, now: now)
    }

    /// Called when the connection's deadline is reached.
    private func expire(context: ChannelHandlerContext) {
        switch phase {
        case .idle where !answers.isEmpty, .finishing:
            // Not the peer's turn. The deadline is set again when the last answer is written.
            break
        case .receiving where isReadHeld, .skipping where isReadHeld:
            // Not the peer's turn either: set again when reading goes on.
            break
        case .idle:
            receiver.metrics.record(requestCount == 0 ? .noRequest : .idle, on: .http)
            close(context: context, lingers: false)
        case .receiving:
            receiver.metrics.record(.slowRequest, on: .http)
            exchange.isKeepAlive = false
            let seconds = limits.requestDeadline.nanoseconds / 1_000_000_000
            answer(
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
}

import NIOCore
import NIOHTTP1

/// The scrape endpoint on one connection; NIO's pipelining handler before it lets in one request at a time.
final class ScrapeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// What a cursor aims at in one chunk. Only one is on its way to the socket at a time.
    static let chunkByteCount = 64 << 10

    enum Phase {
        case idle
        /// The head is there, its end is awaited.
        case receiving(HTTPRequestHead)
        /// The body of a request about skills is awaited; so many bytes of it came.
        case posting(HTTPRequestHead, SkillDoor.Request, Int)
        /// A look into the repository has to end before it can be answered.
        case looking(HTTPRequestHead)
        /// A scrape has to begin before it can be answered.
        case waiting(HTTPRequestHead)
        /// A scrape is written; `cursor` has more.
        case streaming(any ScrapeCursor, GzipStream?)
        /// The last chunk of an answer is on its way.
        case ending
        case closing
    }

    let service: ScrapeService
    var phase = Phase.idle
    private(set) var requestCount = 0
    var isKeepAlive = true
    private(set) var isDraining = false
    private var timer: ConnectionTimer?
    /// As long as the handler is in its pipeline.
    private(set) var context: ChannelHandlerContext?
    /// The newest scrape of this connection.
    var receipt = ScrapeReceipt()
    /// We have ended our half.
    private(set) var isOutputClosed = false
    /// The peer has ended its half before.
    private var isInputClosed = false
    /// The connection did not end in order.
    private var isBroken = false
    /// When the request came that is answered.
    private(set) var began = NIODeadline.now()

    /// One handler per connection.
    init(_ service: ScrapeService) {
        self.service = service
    }

    var limits: ServiceLimits { service.limits }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let tick = min(limits.requestDeadline, limits.idleDeadline, limits.scrapeStallDeadline)
        timer = ConnectionTimer(eventLoop: context.eventLoop, tick: tick) { self.expire(context: context) }
        setDeadline(limits.requestDeadline)
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
        case .head(let head):
            lookForReceipt()
            switch phase {
            case .idle: break
            // NIO's handler lets a pipelined request in while the end of the answer before is being written.
            case .ending where isKeepAlive && !isDraining: break
            default: return
            }
            phase = service.skills?.request(head).map { .posting(head, $0, 0) } ?? .receiving(head)
            requestCount += 1
            began = .now()
            isKeepAlive = head.isKeepAlive && !head.endsHTTP && !isDraining
            setDeadline(limits.requestDeadline)
        case .body(let buffer):
            receive(buffer, context: context)
        case .end:
            switch phase {
            case .receiving(let head): answer(head, context: context)
            case .posting(let head, let request, _):
                if let door = service.skills { answer(head, request, door, context: context) }
            default: return
            }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            isDraining = true
            if case .idle = phase { close(context: context, lingers: false) }
        case ChannelEvent.inputClosed:
            isDraining = true
            isInputClosed = true
            lookForReceipt()
            switch phase {
            case .idle, .receiving, .posting: close(context: context)
            case .waiting, .looking, .streaming, .ending, .closing: break
            }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, case .idle = phase else {
            isBroken = true
            if case .closing = phase { return }
            context.close(promise: nil)
            return
        }
        service.metrics.record(.protocolError, on: .scrape)
        isKeepAlive = false
        let status: HTTPResponseStatus = error == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest
        write(
            status, type: ScrapeRoute.textType, text: "request is not HTTP/1: \(error)\n",
            version: .http1_1, isHead: false, context: context
        )
    }

    // MARK: Answers

    /// - Parameter cursor: renders the metrics; without it a scrape is begun, which comes back here with one.
    func answer(
        _ head: HTTPRequestHead, with cursor: (any ScrapeCursor)? = nil, context: ChannelHandlerContext
    ) {
        let isHead = head.method == .HEAD
        switch ScrapeRoute(head, readiness: service.readiness.current) {
        case .page(let status, let type, let text):
            write(status, type: type, text: text, version: head.version, isHead: isHead, context: context)
        case .metrics where cursor == nil && !isHead:
            beginScrape(head, context: context)
        case .metrics:
            let gzip = AcceptEncoding.prefersGzip(head.headers["accept-encoding"]) ? GzipStream() : nil
            let format = ScrapeFormat.negotiated(accept: head.headers["accept"])
            var headers = HTTPHeaders([
                ("content-type", format.contentType), ("vary", "accept, accept-encoding"),
            ])
            if gzip != nil { headers.add(name: "content-encoding", value: "gzip") }
            // HTTP/1.0 knows no chunks: the end of the connection ends the body.
            if head.version.minor == 0 {
                isKeepAlive = false
            } else if !isHead {
                headers.add(name: "transfer-encoding", value: "chunked")
            }
            headers.add(name: "connection", value: isKeepAlive ? "keep-alive" : "close")
            let response = HTTPResponseHead(version: head.version, status: .ok, headers: headers)
            context.write(wrapOutboundOut(.head(response)), promise: nil)
            if let cursor {
                phase = .streaming(cursor, gzip)
                writeChunk(context: context)
            } else {
                end(context: context)
            }
        }
    }

    func write(
        _ status: HTTPResponseStatus,
        type: String,
        text: String,
        version: HTTPVersion,
        isHead: Bool,
        context: ChannelHandlerContext
    ) {
        var headers = HTTPHeaders([
            ("content-type", type),
            ("content-length", String(text.utf8.count)),
            ("connection", isKeepAlive ? "keep-alive" : "close"),
        ])
        if status == .methodNotAllowed { headers.add(name: "allow", value: "GET, HEAD") }
        let response = HTTPResponseHead(version: version, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        if !isHead {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        }
        end(context: context)
    }

    /// Renders and writes one chunk; the next one follows when the socket has taken it, in a turn of the loop
    /// of its own, so that a long scrape does not hold up the receivers.
    private func writeChunk(context: ChannelHandlerContext) {
        guard case .streaming(let cursor, let gzip) = phase else { return }
        var chunk = ByteBuffer()
        chunk.reserveCapacity(Self.chunkByteCount + Self.chunkByteCount / 4)
        let hasMore = cursor.next(into: &chunk)
        if let gzip {
            var compressed = ByteBuffer()
            gzip.deflate(chunk, isLast: !hasMore, into: &compressed)
            chunk = compressed
        }
        setDeadline(limits.scrapeStallDeadline)
        let written = context.eventLoop.makePromise(of: Void.self)
        if chunk.readableBytes > 0 {
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(chunk))), promise: written)
        } else {
            written.succeed()
        }
        guard hasMore else { return end(context: context) }
        written.futureResult.assumeIsolated().whenSuccess {
            context.eventLoop.assumeIsolated().execute { self.writeChunk(context: context) }
        }
    }

    private func end(context: ChannelHandlerContext) {
        phase = .ending
        setDeadline(limits.scrapeStallDeadline)
        let written = context.eventLoop.makePromise(of: Void.self)
        let answered = requestCount
        let scrape = receipt.writing
        written.futureResult.assumeIsolated().whenSuccess {
            if let scrape { self.noteWritten(scrape, context: context) }
            self.ended(answered, context: context)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }

    private func ended(_ answered: Int, context: ChannelHandlerContext) {
        guard case .ending = phase, answered == requestCount else { return }
        phase = .idle
        guard isKeepAlive, !isDraining else { return close(context: context) }
        setDeadline(limits.idleDeadline)
    }

    // MARK: Ends

    private func expire(context: ChannelHandlerContext) {
        switch phase {
        case .idle:
            service.metrics.record(requestCount == 0 ? .noRequest : .idle, on: .scrape)
            close(context: context, lingers: false)
        case .receiving, .posting:
            service.metrics.record(.slowRequest, on: .scrape)
            close(context: context)
        case .waiting(let head):
            refuse(head, ScrapeRefusal("metrics cannot be had at the moment"), context: context)
        case .looking(let head):
            refuse(head, ScrapeRefusal("the repository is still being looked at"), context: context)
        case .streaming, .ending:
            service.metrics.record(.stalledReader, on: .scrape)
            phase = .closing
            closeNow(context: context)
        case .closing:
            closeNow(context: context)
        }
    }

    private func close(context: ChannelHandlerContext, lingers: Bool = true) {
        if case .closing = phase { return }
        phase = .closing
        // The last chance where the peer has ended its half before.
        lookForReceipt()
        let closed = context.eventLoop.makePromise(of: Void.self)
        isOutputClosed = true
        context.close(mode: .output, promise: closed)
        if !lingers {
            closed.futureResult.assumeIsolated().whenComplete { _ in self.closeNow(context: context) }
        }
        setDeadline(limits.lingerDeadline)
    }

    /// Ends the connection on our account: what is not acknowledged by now is never known to be.
    private func closeNow(context: ChannelHandlerContext) {
        lookForReceipt()
        isBroken = true
        context.close(promise: nil)
    }

    func setDeadline(_ delay: TimeAmount) {
        let now = NIODeadline.now()
        timer?.set(now + delay, now: now)
    }

    private func finish() {
        timer?.stop()
        timer = nil
        phase = .closing
        // Where our half was ended first, the end of the peer's is the end of the connection.
        settle(receipt.close(inOrder: isOutputClosed && !isInputClosed && !isBroken))
    }
}

import MetricModel
import NIOCore
import OTLP

/// Answers in their order, and the end of the connection after the last one.
extension HTTPReceiver: AnswerTarget {
    /// Answers the request that is received, at once when none before it waits.
    func answer(_ answer: HTTPAnswer, context: ChannelHandlerContext) {
        guard answers.isEmpty else { return answers.append(exchange, answer) }
        write(answer, to: exchange, isLast: isDraining, context: context)
    }

    func resolve(_ number: UInt64, _ outcome: ExportOutcome) {
        guard let context else { return }
        answers.resolve(number, .answer(to: outcome))
        while let (exchange, answer) = answers.next() {
            var isLast = false
            if case .finishing = phase { isLast = answers.isEmpty }
            write(answer, to: exchange, isLast: isLast, context: context)
        }
    }

    func flushAnswers() {
        guard let context, needsFlush else { return }
        if answers.isEmpty { answered(context: context) }
        flush(context: context)
        guard isReadHeld, !answers.isFull else { return }
        isReadHeld = false
        switch phase {
        case .receiving, .skipping: setDeadline(limits.requestDeadline)
        case .idle, .finishing, .closing: break
        }
        context.read()
    }

    /// Called when the queue has become empty.
    private func answered(context: ChannelHandlerContext) {
        switch phase {
        case .idle: setDeadline(limits.idleDeadline)
        case .receiving where owesContinue:
            writeContinue(context: context)
            setDeadline(limits.requestDeadline)
        case .finishing: closeOutput(context: context, lingers: true)
        case .receiving, .skipping, .closing: break
        }
    }

    /// Lets the peer send its body; only when all requests before are answered.
    func writeContinue(context: ChannelHandlerContext) {
        owesContinue = false
        context.write(wrapOutboundOut(HTTPAnswer.continueBytes), promise: nil)
        needsFlush = true
    }

    /// - Parameter isLast: the connection ends after it, whatever the request wanted.
    private func write(
        _ answer: HTTPAnswer, to exchange: HTTPExchange, isLast: Bool, context: ChannelHandlerContext
    ) {
        let connection: HTTPAnswer.Connection =
            isLast || !exchange.isKeepAlive ? .close : exchange.isHTTP10 ? .keepAlive : .implied
        let isUsual = answer.isAccepted && connection == .implied
        let bytes =
            isUsual
            ? HTTPAnswer.acceptedBytes : answer.rendered(connection: connection, hasBody: !exchange.isHead)
        context.write(wrapOutboundOut(bytes), promise: nil)
        needsFlush = true
        receiver.metrics.record(
            .httpProtobuf, exchange.signal, .http(answer.code), took: NIODeadline.now() - exchange.began
        )
    }

    func flush(context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        context.flush()
    }

    /// Takes no more requests and closes when all that came are answered.
    ///
    /// - Parameter lingers: waits a moment for the peer to close, see `lingerDeadline`; always so after answers
    ///   that are still to be written.
    func close(context: ChannelHandlerContext, lingers: Bool = true) {
        switch phase {
        case .finishing, .closing: return
        case .idle, .receiving, .skipping: break
        }
        body.reset()
        owesContinue = false
        if answers.isEmpty {
            closeOutput(context: context, lingers: lingers)
        } else {
            phase = .finishing
        }
    }

    private func closeOutput(context: ChannelHandlerContext, lingers: Bool) {
        phase = .closing
        flush(context: context)
        let closed = context.eventLoop.makePromise(of: Void.self)
        context.close(mode: .output, promise: closed)
        if !lingers { closed.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
        setDeadline(limits.lingerDeadline)
    }

    private func setDeadline(_ delay: TimeAmount) {
        let now = NIODeadline.now()
        timer?.set(now + delay, now: now)
    }

    /// Called when the connection is gone: what was waited for is dropped.
    func finish() {
        timer?.stop()
        timer = nil
        body.reset()
        answers.removeAll()
    }
}

import Foundation
import NIOCore
import NIOPosix

/// Carries requests of one connection to the server and reports each answer to its lane, once.
///
/// Everything happens on the lane's event loop.
protocol Transport: AnyObject {
    /// Begins to send the request in `slot`; `body` is an OTLP request, compressed or not.
    func send(_ body: ByteBuffer, slot: Int)
    func close()
}

/// One connection: keeps up to `outstanding` requests with the server, at a steady rate or as fast as
/// answers come.
///
/// Confined to its event loop. A request that is refused for now, or whose connection broke before its
/// answer, is sent again with the same bytes; the connection is made again when it breaks.
final class Lane {
    typealias Connect = @Sendable (NIOLoopBound<Lane>) -> EventLoopFuture<NIOLoopBound<any Transport>>

    private struct Slot {
        var body = ByteBuffer()
        var sent = NIODeadline.now()
        var attempts = 0
        var isBusy = false
        var isWithServer = false
    }

    let loop: any EventLoop
    private let connect: Connect
    private let batch: Int
    private let interval: TimeAmount?
    private var source: RequestSource
    private var slots: [Slot]
    private var transport: (any Transport)?
    private var isConnecting = false
    private var failedConnects = 0
    private var due = NIODeadline.now()
    private var isWaitingForDue = false
    private var work: (budget: Budget, tally: Tally, done: EventLoopPromise<Void>)?

    /// - Parameter interval: time between two requests of this lane, or `nil` for full speed.
    init(
        loop: any EventLoop, source: RequestSource, batch: Int, outstanding: Int, interval: TimeAmount?,
        connect: @escaping Connect
    ) {
        self.loop = loop
        self.source = source
        self.batch = batch
        self.interval = interval
        self.connect = connect
        slots = [Slot](repeating: Slot(), count: outstanding)
    }

    /// Sends until the budget is used up and every request has its final answer.
    ///
    /// - Parameter delay: until the first request of a steady rate, so that lanes do not send in step.
    func run(_ budget: Budget, tally: Tally, delay: TimeAmount, done: EventLoopPromise<Void>) {
        work = (budget, tally, done)
        due = .now() + delay
        pump()
    }

    func close() {
        transport?.close()
        transport = nil
    }

    private func pump() {
        guard let work else { return }
        guard let transport else { return reconnect() }
        for index in slots.indices where slots[index].isBusy && !slots[index].isWithServer {
            // Left over from a broken connection.
            sendSlot(index, over: transport)
        }
        for index in slots.indices where !slots[index].isBusy {
            if interval != nil, NIODeadline.now() < due { return waitForDue() }
            guard work.budget.claim() else { return finishIfIdle() }
            let began = interval == nil ? NIODeadline.now() : due
            if let interval { due = due + interval }
            do {
                try source.fill(&slots[index].body, nanoseconds: UInt64(Date().timeIntervalSince1970 * 1e9))
            } catch {
                self.work = nil
                return work.done.fail(error)
            }
            slots[index].sent = began
            slots[index].attempts = 0
            slots[index].isBusy = true
            sendSlot(index, over: transport)
        }
    }

    private func sendSlot(_ index: Int, over transport: any Transport) {
        slots[index].isWithServer = true
        slots[index].attempts += 1
        transport.send(slots[index].body, slot: index)
    }

    private func waitForDue() {
        guard !isWaitingForDue else { return }
        isWaitingForDue = true
        loop.assumeIsolated().scheduleTask(deadline: due) {
            self.isWaitingForDue = false
            self.pump()
        }
    }

    private func finishIfIdle() {
        guard !slots.contains(where: \.isBusy), let work else { return }
        self.work = nil
        work.done.succeed()
    }
}

extension Lane {
    /// A transport reports here what became of the request in `slot`.
    func answered(_ answer: Answer, slot: Int) {
        guard let work, slots[slot].isWithServer else { return }
        slots[slot].isWithServer = false
        work.tally.note(answer, spans: batch, latency: .now() - slots[slot].sent)
        switch answer {
        case .accepted, .failed:
            slots[slot].isBusy = false
            pump()
        case .refused(_, let wait):
            let backoff = TimeAmount.milliseconds(100 << min(slots[slot].attempts - 1, 4))
            loop.assumeIsolated().scheduleTask(in: wait ?? backoff) { self.pumpAgain(slot) }
        case .lost:
            // `disconnected` mostly follows and sends it again at once; this is for when it came before.
            loop.assumeIsolated().scheduleTask(in: .milliseconds(100)) { self.pumpAgain(slot) }
        }
    }

    private func pumpAgain(_ slot: Int) {
        guard slots[slot].isBusy, !slots[slot].isWithServer else { return }
        guard let transport else { return reconnect() }
        sendSlot(slot, over: transport)
    }

    /// A transport reports here, once, that its connection is gone, after it has reported every request on it.
    func disconnected() {
        transport = nil
        pump()
    }

    private func reconnect() {
        guard !isConnecting else { return }
        isConnecting = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        connect(bound).hop(to: loop).assumeIsolated().whenComplete { result in
            self.isConnecting = false
            switch result {
            case .success(let transport):
                self.failedConnects = 0
                self.transport = transport.value
                self.pump()
            case .failure(let error):
                self.failedConnects += 1
                // 100 tries, 100 ms apart: a server that restarts is back by then.
                guard self.failedConnects < 100 else {
                    self.work?.done.fail(error)
                    self.work = nil
                    return
                }
                self.loop.assumeIsolated().scheduleTask(in: .milliseconds(100)) { self.pump() }
            }
        }
    }
}

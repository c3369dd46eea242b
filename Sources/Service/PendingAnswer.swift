package import NIOCore
package import OTLP

/// A connection that is told outcomes it waits for; used on its event loop.
protocol AnswerTarget: AnyObject {
    /// Takes the outcome of the request `number`; one that is no longer waited for is dropped quietly.
    func resolve(_ number: UInt64, _ outcome: ExportOutcome)

    /// Sends what `resolve` made ready; called once or more often after a batch of outcomes.
    func flushAnswers()
}

/// Where the outcome of one request goes that is decided later.
///
/// Made without an allocation of its own. It keeps its connection's handler alive, not the connection: when the
/// peer is gone meanwhile the outcome is dropped, and whoever holds the answer need not know. It is of no use
/// any more when the server is closed and its loops are gone. The answers of many requests are delivered
/// cheapest with `AnswerBatch`.
package struct PendingAnswer: Sendable {
    private let target: NIOLoopBound<any AnswerTarget>
    private let number: UInt64

    /// Called on `eventLoop`, the target's.
    ///
    /// - Parameter number: the request's; unique among the target's.
    init(to target: any AnswerTarget, number: UInt64, on eventLoop: any EventLoop) {
        self.target = NIOLoopBound(target, eventLoop: eventLoop)
        self.number = number
    }

    /// The loop of the request's connection; everything below is called on it.
    package var eventLoop: any EventLoop { target.eventLoop }

    /// Answers the request and sends the answer when it is its turn. Called once, on `eventLoop`, after `export`
    /// has returned.
    package func complete(_ outcome: ExportOutcome) {
        resolve(outcome)
        flush()
    }

    /// The first half of `complete`; `flush` follows when the last answer of a batch is resolved.
    func resolve(_ outcome: ExportOutcome) {
        target.value.resolve(number, outcome)
    }

    /// The second half of `complete`; costs nothing when the connection has nothing to send.
    func flush() {
        target.value.flushAnswers()
    }
}

import NIOCore
package import OTLP

/// The answers of requests that are decided together, as by one commit of a journal.
///
/// Delivered with one task per event loop, and each connection is flushed once.
package struct AnswerBatch: Sendable {
    private struct Decided {
        var answer: PendingAnswer
        var outcome: ExportOutcome
    }

    /// As many as there are event loops: few, so they are looked through.
    private var loops: [(eventLoop: any EventLoop, decided: [Decided])] = []

    /// Holds no answers yet.
    package init() {}

    /// True when there is nothing to deliver.
    package var isEmpty: Bool { loops.isEmpty }

    /// Takes an answer and what it is to be when all goes well.
    package mutating func add(_ answer: PendingAnswer, _ outcome: ExportOutcome) {
        let eventLoop = answer.eventLoop
        let decided = Decided(answer: answer, outcome: outcome)
        if let index = loops.firstIndex(where: { $0.eventLoop === eventLoop }) {
            loops[index].decided.append(decided)
        } else {
            loops.append((eventLoop, [decided]))
        }
    }

    /// Gives every answer its outcome, or all of them `failure`, and is empty then. Called on any thread.
    package mutating func deliver(insteadOfAll failure: ExportOutcome? = nil) {
        for (eventLoop, decided) in loops {
            eventLoop.execute {
                for one in decided { one.answer.resolve(failure ?? one.outcome) }
                for one in decided { one.answer.flush() }
            }
        }
        loops.removeAll(keepingCapacity: true)
    }
}

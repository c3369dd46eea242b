import NIOCore

/// The requests of one HTTP/1 connection that are not answered yet, in their order.
///
/// A request is here from its end to the writing of its answer, unless it can be answered at once. So the queue
/// is empty when every outcome is known in the call that brings a request's last byte.
struct AnswerQueue {
    /// A connection with so many unanswered requests is not read from. 16 exports of 512 spans, about 3 MB, in
    /// every commit of 8 ms are a million spans a second, more than a core derives. What the last read brought
    /// beyond it, 256 KiB at most, is still taken.
    static let countMax = 16

    private struct Entry {
        var exchange: HTTPExchange
        var answer: HTTPAnswer?
    }

    private var entries = CircularBuffer<Entry>(initialCapacity: 1)
    private var firstNumber: UInt64 = 0

    /// Holds no request yet.
    init() {}

    /// No request waits.
    var isEmpty: Bool { entries.isEmpty }

    /// As many wait as may.
    var isFull: Bool { entries.count >= Self.countMax }

    /// The number that the next request gets.
    var nextNumber: UInt64 { firstNumber &+ UInt64(entries.count) }

    /// Takes the next request, answered or not.
    mutating func append(_ exchange: HTTPExchange, _ answer: HTTPAnswer?) {
        entries.append(Entry(exchange: exchange, answer: answer))
    }

    /// Answers a request. One that is not here is left alone: its connection has ended meanwhile.
    mutating func resolve(_ number: UInt64, _ answer: HTTPAnswer) {
        guard number >= firstNumber, number < nextNumber else { return }
        let index = entries.index(entries.startIndex, offsetBy: Int(number - firstNumber))
        entries[index].answer = answer
    }

    /// Takes the first request off, if it is answered.
    mutating func next() -> (HTTPExchange, HTTPAnswer)? {
        guard let first = entries.first, let answer = first.answer else { return nil }
        entries.removeFirst()
        firstNumber += 1
        return (first.exchange, answer)
    }

    /// Forgets all requests; their numbers do not come again.
    mutating func removeAll() {
        firstNumber = nextNumber
        entries.removeAll(keepingCapacity: false)
    }
}

/// What is kept of an HTTP request until its answer is written.
struct HTTPExchange {
    /// By the path.
    var signal = Signal.other
    /// When its head came.
    var began: NIODeadline
    /// HTTP/1.0 closes unless it is said that it does not.
    var isHTTP10 = false
    /// The connection lives on after it.
    var isKeepAlive = true
    /// It is answered without a body.
    var isHead = false
}

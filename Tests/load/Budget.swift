import NIOCore
import Synchronization

/// How much is still to be sent; connections take their share of it one request at a time.
final class Budget: Sendable {
    private let remaining: Mutex<Int>
    private let deadline: NIODeadline
    private let batch: Int

    /// - Parameters:
    ///   - spans: to be sent in all, rounded up to whole requests; `nil` for as many as fit the time.
    ///   - deadline: after it no new request begins.
    init(spans: Int?, deadline: NIODeadline, batch: Int) {
        remaining = Mutex(spans ?? .max)
        self.deadline = deadline
        self.batch = batch
    }

    /// Whether one more request may begin.
    func claim() -> Bool {
        guard NIODeadline.now() < deadline else { return false }
        return remaining.withLock { spans in
            guard spans > 0 else { return false }
            spans -= batch
            return true
        }
    }
}

/// What is known of the newest scrape on one connection: on its way, written, or settled.
///
/// A scrape is received when the peer's TCP has acknowledged every byte of its answer. Whatever else shows it, the
/// next request or the end of the peer's half, carries that acknowledgement; a request sent before its turn does
/// not, and proves nothing.
struct ScrapeReceipt {
    private enum State {
        case settled
        case writing(ScrapeID)
        case written(ScrapeID)
    }

    /// How a scrape ended.
    enum End: Equatable {
        case received(ScrapeID)
        case failed(ScrapeID)
    }

    private var state = State.settled

    /// Nothing is on its way.
    init() {}

    /// The whole answer is written, and it is not known whether it was received.
    var isOpen: Bool {
        if case .written = state { true } else { false }
    }

    /// Begins the next scrape.
    ///
    /// - Returns: the end of the one before, where that is not known and never will be: its bytes cannot be told
    ///   from the next one's, and what comes out for that one holds for both.
    mutating func begin(_ id: ScrapeID) -> End? {
        let end = close(inOrder: false)
        state = .writing(id)
        return end
    }

    /// The scrape that is being written.
    var writing: ScrapeID? {
        if case .writing(let id) = state { id } else { nil }
    }

    /// The socket has taken the whole answer; false when the next scrape has begun meanwhile.
    mutating func written(_ id: ScrapeID) -> Bool {
        guard writing == id else { return false }
        state = .written(id)
        return true
    }

    /// Looks at the bytes that the peer has not acknowledged.
    ///
    /// - Parameters:
    ///   - byteCount: how many there are, with the end of our half, which counts as one.
    ///   - isOutputClosed: our half is ended.
    mutating func look(unacknowledged byteCount: Int, isOutputClosed: Bool) -> End? {
        guard case .written(let id) = state, byteCount <= (isOutputClosed ? 1 : 0) else { return nil }
        state = .settled
        return .received(id)
    }

    /// The connection is gone.
    ///
    /// - Parameter inOrder: the peer has ended its half after we had ended ours.
    mutating func close(inOrder: Bool) -> End? {
        defer { state = .settled }
        switch state {
        case .settled: return nil
        case .writing(let id): return .failed(id)
        case .written(let id): return inOrder ? .received(id) : .failed(id)
        }
    }
}

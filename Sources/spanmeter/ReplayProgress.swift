/// A line on the terminal that says how far a long replay is; silent where nobody looks.
final class ReplayProgress {
    private let total: Int
    private let isShown = StandardError.isTerminal
    private let clock = ContinuousClock()
    private var nextTime: ContinuousClock.Instant

    /// The time between two changes of the line: readable, and not worth counting.
    private static let interval = Duration.milliseconds(200)

    /// The progress of `total` requests.
    init(total: Int) {
        self.total = total
        nextTime = clock.now + Self.interval
    }

    /// Shows how many requests are done, if it is time to.
    func show(_ count: Int) {
        guard isShown, clock.now >= nextTime else { return }
        nextTime = clock.now + Self.interval
        StandardError.write("\r\(count) of \(total) requests")
    }

    /// Takes the line away.
    func clear() {
        // ESC [ K: erase to the end of the line.
        if isShown { StandardError.write("\r\u{1b}[K") }
    }
}

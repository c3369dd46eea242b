import NIOCore

/// The one deadline a connection has at a time.
///
/// Moving the deadline costs a store: the scheduled task is not moved, but looks at the deadline when it fires
/// and goes to sleep again. It sleeps for at most `tick`, so a deadline at least `tick` away is never late;
/// a nearer one reschedules.
final class ConnectionTimer {
    private let eventLoop: any EventLoop
    private let tick: TimeAmount
    private var deadline = NIODeadline.distantFuture
    private var wakes = NIODeadline.distantFuture
    private var task: Scheduled<Void>?
    private var expire: (() -> Void)?

    /// - Parameters:
    ///   - tick: the shortest of the deadlines that are set often.
    ///   - expire: called on the loop when the deadline is reached; the deadline is then unset.
    init(eventLoop: any EventLoop, tick: TimeAmount, expire: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.tick = tick
        self.expire = expire
    }

    /// Replaces the deadline; `now` is the time, which the caller has at hand.
    func set(_ deadline: NIODeadline, now: NIODeadline) {
        self.deadline = deadline
        guard deadline < wakes, expire != nil else { return }
        task?.cancel()
        schedule(now: now)
    }

    /// Ends the timer for good and lets go of what `expire` holds.
    func stop() {
        task?.cancel()
        task = nil
        expire = nil
    }

    private func schedule(now: NIODeadline) {
        wakes = min(deadline, now + tick)
        task = eventLoop.assumeIsolated().scheduleTask(deadline: wakes) { self.fire() }
    }

    private func fire() {
        task = nil
        wakes = .distantFuture
        let now = NIODeadline.now()
        if deadline > now {
            if expire != nil { schedule(now: now) }
            return
        }
        deadline = .distantFuture
        expire?()
    }
}

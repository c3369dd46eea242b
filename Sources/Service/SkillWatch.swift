import Configuration
import Logging
import MetricModel
import NIOPosix
import Pollers
import Synchronization

/// Looks into the repository of skills from time to time and at once when somebody asks, and hands what it finds
/// to the ledger.
final class SkillWatch: Sendable {
    /// What came of a look: how many changes are new, or why there was none.
    typealias Outcome = Result<Int, SkillWatchFailure>
    typealias Waiter = @Sendable (Outcome) -> Void

    private struct State {
        var isLooking = false
        /// Those who asked while a look was on its way, which may have begun too early for them.
        var waiting: [Waiter] = []
        var lastLook: ContinuousClock.Instant?
        var okCount = 0
        var failedCount = 0
        /// Why the last look failed; nil where it did not.
        var failure: String?
        var isClosed = false
    }

    /// More than these are told that it is too much.
    private static let waiterCountMax = 64

    private let repository: SkillRepository
    private let interval: Duration
    private let intake: Intake
    /// One thread of its own: git may take seconds.
    private let thread = NIOThreadPool(numberOfThreads: 1)
    /// Nanoseconds since 1970.
    private let now: @Sendable () -> UInt64
    private let log: Logger
    private let state = Mutex(State())

    init(
        _ settings: Settings.Skills, _ intake: Intake, now: @escaping @Sendable () -> UInt64, log: Logger
    ) {
        repository = SkillRepository(path: settings.repository.text, glob: settings.glob)
        interval = settings.interval
        self.intake = intake
        self.now = now
        self.log = log
        thread.start()
    }

    /// Looks counts since the start.
    var counts: (ok: Int, failed: Int) { state.withLock { ($0.okCount, $0.failedCount) } }

    /// Looks if it is time to; on any thread, about once a second.
    func tick() {
        let isDue = state.withLock { state in
            guard let last = state.lastLook else { return true }
            return ContinuousClock.now - last >= interval
        }
        if isDue { start(nil) }
    }

    /// Looks at once, or right after the look that is on its way.
    ///
    /// - Parameter done: called once, on any thread.
    func look(_ done: @escaping Waiter) {
        start(done)
    }

    private func start(_ waiter: Waiter?) {
        let (isStarting, isRefused) = state.withLock { state in
            if state.isClosed { return (false, true) }
            if state.isLooking {
                guard let waiter else { return (false, false) }
                guard state.waiting.count < Self.waiterCountMax else { return (false, true) }
                state.waiting.append(waiter)
                return (false, false)
            }
            state.isLooking = true
            state.lastLook = .now
            return (true, false)
        }
        if isRefused { waiter?(.failure(SkillWatchFailure(reason: "too many ask at once"))) }
        if isStarting { submit(waiter.map { [$0] } ?? []) }
    }

    private func submit(_ waiters: [Waiter]) {
        thread.submit { item in
            guard item == .active else { return self.finish(.failure(.stopping), waiters) }
            self.read(waiters)
        }
    }

    /// On the thread for git.
    private func read(_ waiters: [Waiter]) {
        let place = intake.keeper.skillPlace(of: repository.source)
        do throws(GitError) {
            guard let reading = try repository.read(since: place) else {
                return finish(.success(0), waiters)
            }
            intake.thread.submit { item in
                guard item == .active else { return self.finish(.failure(.stopping), waiters) }
                self.keep(reading, waiters)
            }
        } catch {
            finish(.failure(SkillWatchFailure(reason: "\(error)")), waiters)
        }
    }

    /// On the committing thread.
    private func keep(_ reading: SkillReading, _ waiters: [Waiter]) {
        // A decision that waits has numbers of rows in it, and so has this one.
        intake.commitAll()
        guard intake.keeper.note(reading, intake, at: now()) else {
            return finish(.failure(SkillWatchFailure(reason: "nothing can be kept at the moment")), waiters)
        }
        intake.commitAll()
        let isKept = intake.keeper.skillPlace(of: reading.source).head == reading.head
        finish(
            isKept
                ? .success(reading.edits.count)
                : .failure(SkillWatchFailure(reason: "what was found could not be kept")), waiters)
    }

    private func finish(_ outcome: Outcome, _ waiters: [Waiter]) {
        let (before, next) = state.withLock { state in
            let before = state.failure
            switch outcome {
            case .success:
                state.okCount += 1
                state.failure = nil
            case .failure(let failure):
                state.failedCount += 1
                state.failure = failure.reason
            }
            let next = state.waiting
            state.waiting = []
            state.isLooking = !next.isEmpty
            if state.isLooking { state.lastLook = .now }
            return (before, next)
        }
        switch outcome {
        case .success(let count):
            if before != nil { log.notice("the repository of skills can be read again") }
            if count > 0 { log.info("changes of skills were found", metadata: ["changes": "\(count)"]) }
        case .failure(let failure):
            // Once, not at every look.
            if before != failure.reason {
                log.warning(
                    "the repository of skills cannot be read", metadata: ["reason": "\(failure.reason)"])
            }
        }
        for waiter in waiters { waiter(outcome) }
        if !next.isEmpty { submit(next) }
    }

    /// Begins no more looks, and waits for the one that is on its way.
    func close() async {
        state.withLock { $0.isClosed = true }
        try? await thread.shutdownGracefully()
    }
}

/// Why a look came to nothing.
struct SkillWatchFailure: Error, Equatable {
    static let stopping = SkillWatchFailure(reason: "spanmeter is stopping")

    let reason: String
}

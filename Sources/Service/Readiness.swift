import Synchronization

/// Whether this process wants work; what `/-/ready` says.
package final class Readiness: Sendable {
    /// The states, in the order they are gone through.
    package enum State: Sendable, Equatable {
        /// Not yet; the text says what is waited for.
        case starting(String)
        case ready
        /// It works, but takes nothing for now; the text says why.
        case failing(String)
        /// No more.
        case draining
    }

    private let state = Mutex(State.starting("starting"))

    /// Begins as `starting`.
    package init() {}

    /// The state now.
    package var current: State { state.withLock { $0 } }

    /// Says that something fails, or with nil that it works again; changes nothing before `ready` and after it.
    package func setFailure(_ reason: String?) {
        state.withLock { state in
            switch state {
            case .ready, .failing: state = reason.map { .failing($0) } ?? .ready
            case .starting, .draining: break
            }
        }
    }

    /// Goes to `next`, unless draining: there is no way back from that.
    package func move(to next: State) {
        state.withLock { state in
            if state != .draining { state = next }
        }
    }
}

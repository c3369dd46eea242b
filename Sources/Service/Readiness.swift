import Synchronization

/// Whether this process wants work; what `/-/ready` says.
package final class Readiness: Sendable {
    /// The states, in the order they are gone through.
    package enum State: Sendable, Equatable {
        /// Not yet; the text says what is waited for.
        case starting(String)
        case ready
        /// No more.
        case draining
    }

    private let state = Mutex(State.starting("starting"))

    /// Begins as `starting`.
    package init() {}

    /// The state now.
    package var current: State { state.withLock { $0 } }

    /// Goes to `next`, unless draining: there is no way back from that.
    package func move(to next: State) {
        state.withLock { state in
            if state != .draining { state = next }
        }
    }
}

import Synchronization

/// Counts the open connections of a listener and refuses those beyond a bound.
package final class ConnectionGate: Sendable {
    private let connectionCountMax: Int
    private let connections = Atomic<Int>(0)

    /// - Parameter connectionCountMax: how many may be open at once.
    package init(connectionCountMax: Int) {
        self.connectionCountMax = connectionCountMax
    }

    /// How many are open.
    package var connectionCount: Int { connections.load(ordering: .relaxed) }

    /// Takes a place; false when there is none. Each true is paired with one `leave`.
    func enter() -> Bool {
        let count = connections.add(1, ordering: .relaxed).newValue
        guard count > connectionCountMax else { return true }
        connections.subtract(1, ordering: .relaxed)
        return false
    }

    /// Gives a place back.
    func leave() {
        connections.subtract(1, ordering: .relaxed)
    }
}

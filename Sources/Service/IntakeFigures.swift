import Synchronization

/// Counts commits; one short lock each.
final class IntakeFigures: Sendable {
    struct Snapshot: Sendable {
        /// Commits by their duration, not cumulated.
        var commits = [UInt64](repeating: 0, count: IntakeFigures.bounds.count + 1)
        var commitSeconds = 0.0
        var failureCount: UInt64 = 0
        /// Bytes of records that no checkpoint holds yet.
        var journalByteCount = 0
    }

    /// Upper bounds of the buckets in seconds: from a commit to memory to a disk that is in trouble.
    static let bounds: [Double] = [
        0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5,
    ]

    private let state = Mutex(Snapshot())

    var snapshot: Snapshot { state.withLock { $0 } }

    /// Notes what a start has found.
    func begin(journalByteCount: Int) { state.withLock { $0.journalByteCount = journalByteCount } }

    /// Counts a commit of records of `byteCount`.
    func recordCommit(seconds: Double, byteCount: Int) {
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.commits[bucket] += 1
            state.commitSeconds += seconds
            state.journalByteCount += byteCount
        }
    }

    /// Counts a commit that failed.
    func recordFailure() { state.withLock { $0.failureCount += 1 } }

    /// Records of `byteCount` are in a checkpoint now.
    func recordTruncation(byteCount: Int) {
        state.withLock { $0.journalByteCount = max(0, $0.journalByteCount - byteCount) }
    }
}

/// What windows and states ask of a run, for each of its results: kept small and flat.
struct RunFacts: BitwiseCopyable, Sendable, Equatable {
    /// Milliseconds since 1970.
    var end: Int64 = 0
    /// The root's.
    var start: Int64 = 0
    /// The root's; `Int64.min` for none.
    var sequence = Int64.min
    /// Number of the revision; −1 where it is unknown.
    var revision: Int32 = -1
    /// The run that this one is a part of, else itself.
    var root: Int32 = 0
    var service: Int32 = 0
    /// On a branch whose runs count for windows and states, or on none.
    var isTracked = false
    /// The root's.
    var isInfrastructureFailure = false
    /// The root's.
    var hasEnded = false
    var isInUse = false

    /// Days since 1970, UTC.
    var day: Int32 { Int32(clamping: start / 86_400_000) }

    /// Whether tests that ran in it have to be looked at again when it has become `other`.
    func changesTests(_ other: RunFacts) -> Bool {
        start != other.start || sequence != other.sequence || revision != other.revision || root != other.root
            || isTracked != other.isTracked || isInfrastructureFailure != other.isInfrastructureFailure
            || hasEnded != other.hasEnded
    }
}

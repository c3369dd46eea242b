import FoundationEssentials

/// The clock that says what time it is, and that somebody may set.
enum WallClock {
    /// Nanoseconds since 1970, exact to some hundred.
    static func nanosecondsSince1970() -> UInt64 {
        UInt64(max(0, Date.now.timeIntervalSince1970) * 1e9)
    }
}

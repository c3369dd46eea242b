import Glibc

/// The clock that says what time it is, and that somebody may set.
enum WallClock {
    /// Nanoseconds since 1970.
    static func nanosecondsSince1970() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

import Glibc

/// The time of day.
enum WallClock {
    /// Nanoseconds since 1970, as the system's clock has them.
    static func nanosecondsSince1970() -> UInt64 {
        withUnsafeTemporaryAllocation(of: timespec.self, capacity: 1) { time in
            guard let start = time.baseAddress else { return 0 }
            clock_gettime(CLOCK_REALTIME, start)
            // SAFETY: clock_gettime has filled it; on 64-bit Linux it is two words, seconds and nanoseconds. Read
            // as such, because the compiler finds the members in Glibc or in a module that cannot be imported,
            // whichever it has loaded first.
            let words = UnsafeRawBufferPointer(time)
            let seconds = words.load(as: Int64.self)
            let nanoseconds = words.load(fromByteOffset: 8, as: Int64.self)
            return UInt64(seconds) * 1_000_000_000 + UInt64(nanoseconds)
        }
    }
}

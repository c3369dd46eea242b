import CAllocationCount
import Glibc

/// Adds up CPU time and allocations of what runs between `start` and `stop`.
struct Stopwatch {
    /// CPU time of the process, what reading the clock itself takes left out.
    private(set) var nanoseconds = 0.0
    /// Allocations of this thread.
    private(set) var allocations: UInt64 = 0

    private var startTime = 0.0
    private var startCount: UInt64 = 0

    mutating func start() {
        startCount = allocation_counts_of_thread().allocations
        startTime = Self.now()
    }

    mutating func stop() {
        let time = Self.now()
        allocations += allocation_counts_of_thread().allocations - startCount
        nanoseconds += time - startTime - Self.ownCost
    }

    /// What a start with a stop right behind it would show: the median of many, as an interrupt may hit one.
    private static let ownCost: Double = {
        let differences = (0..<1_001).map { _ in
            let start = now()
            return now() - start
        }
        return differences.sorted()[differences.count / 2]
    }()

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}

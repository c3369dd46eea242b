import Foundation
import Glibc

/// What the kernel says of another process.
struct ProcessReading {
    let processID: Int32

    /// CPU seconds spent so far.
    struct CPU {
        let user: Double
        let system: Double
        var total: Double { user + system }

        static func - (later: CPU, earlier: CPU) -> CPU {
            CPU(user: later.user - earlier.user, system: later.system - earlier.system)
        }
    }

    /// User and system time of all threads, living and ended, from `/proc/PID/stat`; in steps of 10 ms.
    func cpu() throws -> CPU {
        let text = try read("stat")
        // The second field is the program's name in parentheses and may hold blanks.
        guard let close = text.lastIndex(of: ")") else {
            throw LoadError("cannot read /proc/\(processID)/stat")
        }
        let fields = text[text.index(after: close)...].split(separator: " ")
        // utime and stime are fields 14 and 15 of the line, hence 12th and 13th after the name.
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw LoadError("cannot read /proc/\(processID)/stat")
        }
        let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
        return CPU(user: user / ticksPerSecond, system: system / ticksPerSecond)
    }

    /// The same sum in nanoseconds, for windows too short for 10 ms steps.
    func cpuNanoseconds() throws -> UInt64 {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(processID, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            throw LoadError("cannot read the CPU clock of process \(processID)")
        }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Bytes of memory in use now and at the most so far, without swapped pages.
    func memory() throws -> (current: Int, peak: Int) {
        let lines = try read("status").split(separator: "\n")
        func bytes(_ name: String) throws -> Int {
            guard let line = lines.first(where: { $0.hasPrefix(name) }),
                let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first,
                let count = Int(kibibytes)
            else { throw LoadError("/proc/\(processID)/status has no \(name)") }
            return count * 1_024
        }
        return (try bytes("VmRSS:"), try bytes("VmHWM:"))
    }

    private func read(_ file: String) throws -> String {
        do {
            return try String(contentsOfFile: "/proc/\(processID)/\(file)", encoding: .utf8)
        } catch {
            throw LoadError("process \(processID) is gone")
        }
    }
}

/// A reason to stop the run, for the person who started it.
struct LoadError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

import Glibc

/// What Linux says of this process, for the usual `process_*` metrics.
///
/// Source: proc(5), `/proc/self/stat` and `/proc/self/fd`.
struct ProcessFigures: Sendable {
    var cpuSeconds = 0.0
    var residentBytes = 0.0
    var virtualBytes = 0.0
    var openFiles = 0.0
    var maxFiles = 0.0
    /// Seconds since 1970.
    var startSeconds = 0.0

    /// Reads the figures; those that cannot be had stay 0.
    static func read() -> ProcessFigures {
        var figures = ProcessFigures()
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        let fields = text("/proc/self/stat").map { statFields($0) } ?? []
        if fields.count > 21 {
            figures.cpuSeconds = (number(fields[11]) + number(fields[12])) / ticks
            figures.startSeconds = bootSeconds + number(fields[19]) / ticks
            figures.virtualBytes = number(fields[20])
            figures.residentBytes = number(fields[21]) * page
        }
        figures.openFiles = Double(openFileCount())
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            figures.maxFiles = Double(limit.rlim_cur)
        }
        return figures
    }

    /// The fields behind the name in parentheses, which may hold blanks; the first is field 3.
    private static func statFields(_ stat: String) -> [Substring] {
        guard let close = stat.lastIndex(of: ")") else { return [] }
        return stat[stat.index(after: close)...].split(separator: " ")
    }

    private static func number(_ field: Substring) -> Double { Double(field) ?? 0 }

    private static let bootSeconds: Double = {
        for line in (text("/proc/stat") ?? "").split(separator: "\n") where line.hasPrefix("btime ") {
            return Double(line.dropFirst(6)) ?? 0
        }
        return 0
    }()

    private static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(file, &block, block.count)
            guard count > 0 else { break }
            bytes += block[0..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func openFileCount() -> Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without `.`, `..` and the directory itself.
        return max(0, count - 3)
    }
}

import ArgumentParser
import Foundation
import GRDBSQLite
import Ledger
import Synchronization

/// Measures the store with requests of the usual size: 512 spans, 15 kB of record, 8 kB of keys.
@main struct StoreMeasurement: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Measures what the durable store costs.")

    @Option(help: "An empty directory; it gets about 200 MB.")
    var directory = "/tmp/spanmeter-store"

    @Option(help: "Requests of 512 spans.")
    var requests = 2_000

    @Option(help: "Series of a checkpoint.")
    var series = 200_000

    @Option(help: "Only commit at a steady rate of so many spans a second, beside SQLite alone.")
    var rate: Double?

    @Option(help: "How long, with --rate.")
    var seconds = 20.0

    @Option(help: "Only append so many entries, with a line for each when it is durable.")
    var acknowledge: Int?

    func run() throws {
        if let acknowledge { return try append(acknowledge) }
        removeFiles()
        if let rate {
            return try SteadyCommits(directory: directory, rate: rate, seconds: seconds).run()
        }
        for (group, state) in [(1, "new file"), (1, "steady"), (4, "steady")] {
            try appends(group: group, state)
        }
        try checkpoint()
        try start(after: "a clean end", killed: false)
        try start(after: "a crash with a log of 16 MiB", killed: true)
        try maintenance()
        print("SQLite's memory at its highest: \(sqlite3_memory_highwater(0)) bytes")
    }

    private func appends(group: Int, _ state: String) throws {
        var visitor = Counter()
        let store = try Store(directory: directory, now: { 0 }, loading: &visitor)
        let record = [UInt8](repeating: 0xA7, count: 15_000)
        let keys = [UInt8](repeating: 0x5C, count: 512 * 16)
        let maintenance = Maintenance(of: store)
        var appendedLog = LogMeter(store)
        var slowest = Watch.Reading()
        let watch = Watch()
        for number in 0..<requests / group {
            let entries = (0..<group).map {
                JournalEntry(record: record, keys: keys, arrival: Int64(number * group + $0))
            }
            let one = Watch()
            _ = try store.append(entries)
            slowest = max(slowest, one.read())
            appendedLog.read(store)
        }
        let appended = watch.read()
        maintenance.stop()
        let spanCount = requests / group * group * 512
        let deletion = Watch()
        var deletedLog = LogMeter(store)
        while try store.truncateJournal(through: store.lastSequence) == .more { deletedLog.read(store) }
        while try store.dropKeys(arrivedBefore: .max) == .more { deletedLog.read(store) }
        let deleted = deletion.read()
        deletedLog.read(store)
        print(
            """
            append, \(state), \(group) requests a commit: \(Double(appendedLog.byteCount) / Double(spanCount)) bytes of log a span; \
            a request \(appended.per(requests)), slowest commit \(slowest.wall * 1e3) ms
            delete journal and keys: \(Double(deletedLog.byteCount) / Double(spanCount)) bytes of log a span; a request \(deleted.per(requests))
            """)
    }

    /// For tests that end this process: what was printed must be there afterwards.
    private func append(_ count: Int) throws {
        var visitor = Counter()
        let store = try Store(directory: directory, now: { 0 }, loading: &visitor)
        for number in 1...count {
            let record = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 5_000)
            let numbers = try store.append([JournalEntry(record: record, keys: [1], arrival: 0)])
            try FileHandle.standardOutput.write(contentsOf: Data("\(numbers.lowerBound)\n".utf8))
            if number % 5 == 0 {
                try store.checkpoint { slice in
                    try slice.set("state", [UInt8(truncatingIfNeeded: number)].span.bytes)
                }
                try store.moveLog()
            }
        }
    }

    private func checkpoint() throws {
        var visitor = Counter()
        let store = try Store(directory: directory, now: { 0 }, loading: &visitor)
        let image = [UInt8](repeating: 0x3D, count: 250)
        let slice = 1_000
        for round in ["first", "second"] {
            var slowest = Watch.Reading()
            let maintenance = Maintenance(of: store)
            defer { maintenance.stop() }
            let watch = Watch()
            for start in stride(from: 0, to: series, by: slice) {
                let one = Watch()
                try store.checkpoint { writer in
                    for slot in start..<min(series, start + slice) {
                        try writer.put(
                            SeriesPlace(table: 1, slot: UInt32(slot)), through: 1, image: image.span.bytes)
                    }
                }
                slowest = max(slowest, one.read())
            }
            print(
                "checkpoint, \(round): a series \(watch.read().per(series)), "
                    + "slowest slice of \(slice) \(slowest.wall * 1e3) ms")
        }
        for number in 0..<requests {
            _ = try store.append([
                JournalEntry(
                    record: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 15_000),
                    keys: [UInt8](repeating: 0x5C, count: 512 * 16), arrival: Int64(number))
            ])
        }
    }

    private func start(after end: String, killed: Bool) throws {
        if killed {
            // A child that ends without closing anything.
            let pid = fork()
            if pid == 0 {
                var visitor = Counter()
                let store = try Store(directory: directory, now: { 0 }, loading: &visitor)
                while store.logByteCount < 15 << 20 {
                    _ = try store.append([
                        JournalEntry(record: [UInt8](repeating: 1, count: 15_000), keys: [], arrival: 0)
                    ])
                }
                _exit(0)
            }
            waitpid(pid, nil, 0)
        }
        var visitor = Counter()
        let watch = Watch()
        let store = try Store(directory: directory, now: { 0 }, loading: &visitor)
        let reading = watch.read()
        print(
            """
            start after \(end): \(reading.wall * 1e3) ms, \(reading.cpu * 1e3) ms of CPU (\(visitor.series) series, \(visitor.records) records, \
            \(visitor.keys) rows of keys, \(visitor.byteCount) bytes; notices: \(store.notices.count))
            """)
    }

    private func maintenance() throws {
        var visitor = Counter()
        let store = try Store(directory: directory, now: { 0 }, loading: &visitor)
        let watch = Watch()
        _ = try store.keepDailyCopy()
        print("check and copy: \(watch.read().wall * 1e3) ms")
    }

    private func removeFiles() {
        for name in ["spanmeter.db", "spanmeter.db-wal", "spanmeter.db-shm", "spanmeter-19700101.db"] {
            unlink("\(directory)/\(name)")
        }
    }
}

/// Moves the log beside the writer, as the service does.
final class Maintenance: Sendable {
    private let isStopped = Atomic(false)

    init(of store: Store) {
        // Often: here a second of load is over in a moment.
        Thread { [self] in
            while !isStopped.load(ordering: .relaxed) {
                do {
                    try store.moveLog()
                } catch {
                    print("maintenance: \(error)")
                }
                usleep(50_000)
            }
        }.start()
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }
}

/// Counts the bytes of SQLite's log, also when it begins anew.
struct LogMeter {
    private(set) var byteCount = 0
    private var last: Int

    init(_ store: Store) { last = store.logByteCount }

    /// To be called after every commit: the whole of a new log is then this commit's.
    mutating func read(_ store: Store) {
        let now = store.logByteCount
        byteCount += now - (now < last ? 0 : last)
        last = now
    }
}

/// Counts what a store gives.
struct Counter: StoreVisitor {
    var series = 0
    var records = 0
    var keys = 0
    var byteCount = 0

    mutating func begin() { self = Counter() }
    mutating func value(_ name: String, _ bytes: RawSpan) {}
    mutating func layout(_ id: Int64, _ description: RawSpan) {}

    mutating func series(_ place: SeriesPlace, through sequence: Int64, _ image: RawSpan) {
        series += 1
        byteCount += image.byteCount
    }

    mutating func record(_ sequence: Int64, _ bytes: RawSpan) {
        records += 1
        byteCount += bytes.byteCount
    }

    mutating func keys(_ sequence: Int64, arrival: Int64, _ keys: RawSpan) {
        self.keys += 1
        byteCount += keys.byteCount
    }
}

/// Measures time on the wall and of this thread.
struct Watch {
    struct Reading: Comparable {
        var wall = 0.0
        var cpu = 0.0

        static func < (left: Self, right: Self) -> Bool { left.wall < right.wall }

        func per(_ count: Int) -> String {
            "\(cpu / Double(count) * 1e6) µs of CPU, \(wall / Double(count) * 1e6) µs"
        }
    }

    private let wall = Watch.seconds(CLOCK_MONOTONIC)
    private let cpu = Watch.seconds(CLOCK_THREAD_CPUTIME_ID)

    func read() -> Reading {
        Reading(
            wall: Self.seconds(CLOCK_MONOTONIC) - wall, cpu: Self.seconds(CLOCK_THREAD_CPUTIME_ID) - cpu)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

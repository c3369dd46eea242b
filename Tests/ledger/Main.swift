import ArgumentParser
import Foundation
import Ledger
import MetricModel

/// Measures the test ledger: many tests with many runs, then one run of a few tests more.
@main struct LedgerMeasurement: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger-bench", abstract: "Measures what the history of tests costs.")

    @Option(help: "An empty directory for the store.")
    var directory = "/tmp/spanmeter-ledger"

    @Option(help: "Tests.")
    var tests = 50_000

    @Option(help: "Runs of all tests, three and a half hours apart.")
    var runs = 200

    @Option(help: "Tests of the run at the end.")
    var changed = 1_000

    @Option(help: "Results of a decision.")
    var slice = 1_000

    func run() throws {
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        var results = GeneratedRuns(testCount: tests, sliceCount: slice)
        do {
            var loader = HistoryLoader()
            let store = try Store(directory: directory, now: { now / 1_000 }, loading: &loader)
            var history = loader.finish()
            try ingest(&history, store, &results, until: now)
            print("memory: \(Self.residentMegabytes) MB resident, of which the history is most")
            try addOne(&history, store, &results, at: now)
            try store.moveLog()
        }
        print("file: \(fileMegabytes) MB")
        try start(now)
    }

    /// All runs, as the service takes them in: plan, rows, history; figures after every run.
    private func ingest(
        _ history: inout History, _ store: Store, _ results: inout GeneratedRuns, until now: Int64
    ) throws {
        var (planned, written, applied, refreshed) = (Watch(), Watch(), Watch(), Watch())
        var slowest = 0.0
        for number in 0..<runs {
            let end = now - Int64(runs - number) * 12_600_000
            for batch in results.next(end: end, testCount: tests) {
                let plan = planned.measure { history.plan(batch) }
                let one = Watch.now
                try written.measure {
                    _ = try store.append([JournalEntry(record: [1], keys: [], arrival: end)]) { db in
                        try plan.write(db)
                    }
                }
                slowest = max(slowest, Watch.now - one)
                applied.measure { history.apply(plan) }
            }
            refreshed.measure { while history.refresh(now: end, testCountMax: 5_000) {} }
            while try store.truncateJournal(through: store.lastSequence) == .more {}
            try store.moveLog()
        }
        let count = Double(tests * runs)
        let taken = planned.cpu + written.cpu + applied.cpu
        print(
            """
            \(tests) tests, \(runs) runs: \(Int(count / taken)) results per CPU second; of a result \
            \(Self.text(planned.cpu / count * 1e6)) µs plan, \(Self.text(written.cpu / count * 1e6)) µs rows, \
            \(Self.text(applied.cpu / count * 1e6)) µs history; slowest decision of \(slice): \
            \(Self.text(slowest * 1e3)) ms
            figures after a run of all tests: \(Self.text(refreshed.cpu / Double(runs) * 1e3)) ms
            """)
    }

    /// What a scrape waits for after a run of some tests.
    private func addOne(
        _ history: inout History, _ store: Store, _ results: inout GeneratedRuns, at now: Int64
    ) throws {
        var (taken, moved, refreshed, rows) = (Watch(), Watch(), Watch(), Watch())
        // A run of all tests leaves the window of a day.
        moved.measure { while history.refresh(now: now, testCountMax: 5_000) {} }
        for batch in results.next(end: now, testCount: changed) {
            try taken.measure {
                let plan = history.plan(batch)
                _ = try store.append([]) { db in try plan.write(db) }
                history.apply(plan)
            }
            refreshed.measure { while history.refresh(now: now, testCountMax: 5_000) {} }
        }
        var count = 0
        rows.measure {
            for subject in LedgerSubject.allCases {
                count += history.rows(per: subject, figures: subject.figures).values.reduce(0) {
                    $0 + $1.count
                }
            }
        }
        print(
            """
            windows that move by a run of all tests: \(Self.text(moved.cpu * 1e3)) ms
            one run of \(changed) tests: \(Self.text(taken.cpu * 1e3)) ms taken in, \
            \(Self.text(refreshed.cpu * 1e3)) ms figures, \(Self.text(rows.cpu * 1e3)) ms rows for gauges (\(count) values)
            """)
    }

    private func start(_ now: Int64) throws {
        var (read, refreshed, told) = (Watch(), Watch(), Watch())
        var loader = HistoryLoader()
        try read.measure { try Store.read(directory: directory, loading: &loader) }
        var history = loader.finish()
        refreshed.measure { while history.refresh(now: now) {} }
        let count = told.measure { history.report(TestFilter(states: [.flaky])).count }
        print(
            """
            start: \(Self.text(read.cpu * 1e3)) ms to read \(history.testCount) tests, \(Self.text(refreshed.cpu * 1e3)) ms figures; \
            \(count) flaky tests in \(Self.text(told.cpu * 1e3)) ms
            """)
    }

    private var fileMegabytes: Int {
        let path = "\(directory)/spanmeter.db"
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int
        return (size ?? 0) / 1_000_000
    }

    private static var residentMegabytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4_096 / 1_000_000
    }

    private static func text(_ value: Double) -> String { String(format: "%.2f", value) }
}

/// Sums up the CPU time of what it is given.
struct Watch {
    private(set) var cpu = 0.0

    mutating func measure<Result>(_ body: () throws -> Result) rethrows -> Result {
        let start = Self.seconds(CLOCK_PROCESS_CPUTIME_ID)
        defer { cpu += Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - start }
        return try body()
    }

    /// On the wall.
    static var now: Double { seconds(CLOCK_MONOTONIC) }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

internal import GRDB

/// What is told of a day (UTC) to people: sums over runs that ended in it, kept for longer than their results.
package struct DayReport: Sendable, Equatable {
    /// Days since 1970.
    package var day: Int64
    package var service: String
    package var environment: String
    package var runCount: Int
    package var counts: CaseCounts
}

extension Store {
    /// The days of which the ledger has sums or runs, oldest first; by service and environment within a day.
    ///
    /// - Throws: as `read`.
    package static func readDays(
        directory: String, _ options: HistoryOptions, service: String? = nil
    ) throws(StoreError) -> [DayReport] {
        var days: [[String]: DayReport] = [:]
        func add(_ day: Int64, _ name: String, _ environment: String, _ runCount: Int, _ counts: CaseCounts) {
            guard (service ?? name) == name else { return }
            let none = DayReport(
                day: day, service: name, environment: environment, runCount: 0, counts: CaseCounts())
            days[["\(day)", name, environment], default: none].runCount += runCount
            days[["\(day)", name, environment], default: none].counts += counts
        }
        try snapshot(directory) { db in
            var names = HistoryLoader(options)
            try Loading.names(db, into: &names)
            let history = names.finish()
            for (slot, facts) in history.runs.facts.enumerated() where facts.isInUse {
                guard let record = history.runs.records[slot] else { continue }
                add(
                    record.end / 86_400_000, record.service, record.environment, facts.root == slot ? 1 : 0,
                    record.counts)
            }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT day, service, environment, runs, passed, failed, error, skipped, flaky FROM days
                    """)
            for row in rows {
                let counts = CaseCounts(
                    passed: row[4], failed: row[5], error: row[6], skipped: row[7], flaky: row[8])
                add(row[0], row[1], row[2], row[3], counts)
            }
        }
        return days.values.sorted {
            ($0.day, $0.service, $0.environment) < ($1.day, $1.service, $1.environment)
        }
    }
}

private import Foundation
internal import GRDB

/// What leaves the ledger because its time is over.
struct LedgerRemoval: Sendable {
    /// Sums that stay of the runs of a day.
    struct Day: Sendable, Equatable {
        let day: Int64
        let service: String
        let environment: String
        var runCount = 0
        var counts = CaseCounts()
    }

    var runs: [Int32] = []
    var tests: [Int32] = []
    var patterns: [Int32] = []
    var trials: [Int32] = []
    /// Clusters of failed inputs.
    var inputs: [Int32] = []
    var days: [Day] = []
    /// Days before are over.
    var firstDay: Int64

    /// Whether it takes nothing away but days that are over.
    var isEmpty: Bool {
        runs.isEmpty && tests.isEmpty && patterns.isEmpty && trials.isEmpty && inputs.isEmpty
    }

    func write(_ db: Database) throws {
        let delete = try ["results WHERE run", "runs WHERE id", "tests WHERE id", "patterns WHERE id"].map {
            try BlobStatement(db, "DELETE FROM \($0) = ?")
        }
        for run in runs {
            try delete[0].run([Int64(run)])
            try delete[1].run([Int64(run)])
        }
        for test in tests { try delete[2].run([Int64(test)]) }
        for pattern in patterns { try delete[3].run([Int64(pattern)]) }
        for trial in trials {
            let first = Int64(trial) << 32
            try BlobStatement(db, "DELETE FROM trials WHERE id = ?").run([Int64(trial)])
            try BlobStatement(db, "DELETE FROM trial_cases WHERE id BETWEEN ? AND ?").run([
                first, first | 0xFFFF_FFFF,
            ])
        }
        let deleteInput = try BlobStatement(db, "DELETE FROM input_patterns WHERE id = ?")
        for input in inputs { try deleteInput.run([Int64(input) + 1]) }
        for day in days { try day.write(db) }
        try BlobStatement(db, "DELETE FROM days WHERE day < ?").run([firstDay])
    }
}

extension LedgerRemoval.Day {
    fileprivate func write(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO days (day, service, environment, runs, passed, failed, error, skipped, flaky)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (day, service, environment) DO UPDATE SET
                    runs = runs + excluded.runs, passed = passed + excluded.passed,
                    failed = failed + excluded.failed, error = error + excluded.error,
                    skipped = skipped + excluded.skipped, flaky = flaky + excluded.flaky
                """,
            arguments: [
                day, service, environment, runCount, counts.passed, counts.failed, counts.error,
                counts.skipped, counts.flaky,
            ])
    }
}

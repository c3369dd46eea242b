private import Foundation
package import GRDB
internal import MetricModel

extension LedgerPlan {
    /// Writes its rows; belongs into the transaction of the decision's journal entry.
    package func write(_ db: Database) throws {
        try removal?.write(db)
        for pattern in patterns {
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO patterns (id, service, text, count, last) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [
                pattern.number, pattern.entry.service, pattern.entry.text, pattern.entry.count,
                pattern.entry.last,
            ])
        }
        let insertTest = try BlobStatement(
            db, "INSERT OR REPLACE INTO tests (id, checksum, description) VALUES (?, ?, ?)")
        for test in tests {
            let bytes = test.description.encoded()
            let id = Int64(test.number)
            try insertTest.run([id, RowChecksum.of(bytes.span.bytes, key: id)], bytes: bytes.span.bytes)
        }
        for run in runs { try run.write(db) }
        try writeTrials(db)
        try edits?.write(db)
        try writeInputs(db)
        let insertChunk = try BlobStatement(db, "INSERT INTO results (run, checksum, chunk) VALUES (?, ?, ?)")
        for (run, results) in chunks {
            let bytes = ResultChunk.encode(results)
            let id = Int64(run)
            try insertChunk.run([id, RowChecksum.of(bytes.span.bytes, key: id)], bytes: bytes.span.bytes)
        }
    }

    private func writeTrials(_ db: Database) throws {
        if trials.isEmpty { return }
        let insertTrial = try BlobStatement(
            db, "INSERT OR REPLACE INTO trials (id, checksum, image) VALUES (?, ?, ?)")
        for trial in trials {
            let bytes = trial.record.encoded()
            let id = Int64(trial.number)
            try insertTrial.run([id, RowChecksum.of(bytes.span.bytes, key: id)], bytes: bytes.span.bytes)
        }
        let insertCase = try BlobStatement(
            db, "INSERT OR REPLACE INTO trial_cases (id, checksum, image) VALUES (?, ?, ?)")
        for planned in trialCases {
            let bytes = planned.item.encoded()
            let id = Int64(planned.trial) << 32 | Int64(planned.number)
            try insertCase.run([id, RowChecksum.of(bytes.span.bytes, key: id)], bytes: bytes.span.bytes)
        }
    }

    private func writeInputs(_ db: Database) throws {
        if inputs.isEmpty { return }
        let insert = try BlobStatement(
            db, "INSERT OR REPLACE INTO input_patterns (id, checksum, image) VALUES (?, ?, ?)")
        let rows =
            [(Int64(0), InputTable.encoded(nextSerial: nextInputSerial))]
            + inputs.map { (Int64($0.number) + 1, $0.cluster.encoded()) }
        for (id, bytes) in rows {
            try insert.run([id, RowChecksum.of(bytes.span.bytes, key: id)], bytes: bytes.span.bytes)
        }
    }

    /// The results by run, in the order of runs.
    private var chunks: [(run: Int32, results: [ChunkResult])] {
        if results.isEmpty { return [] }
        let run = results[0].run
        if results.indices.allSatisfy({ results[$0].run == run }) { return [(run, results)] }
        let byRun = Dictionary(grouping: results, by: \.run)
        return byRun.keys.sorted().map { ($0, byRun[$0] ?? []) }
    }
}

extension PlannedEdits {
    fileprivate func write(_ db: Database) throws {
        let delete = try BlobStatement(db, "DELETE FROM skill_edits WHERE id = ?")
        for number in removed { try delete.run([number]) }
        let insert = try BlobStatement(
            db, "INSERT OR REPLACE INTO skill_edits (id, checksum, image) VALUES (?, ?, ?)")
        let rows: [(Int64, [UInt8])] =
            [(0, SkillPlace.encoded(source: source, head: head))] + edits.map { ($0.number, $0.encoded()) }
        for (id, bytes) in rows {
            try insert.run([id, RowChecksum.of(bytes.span.bytes, key: id)], bytes: bytes.span.bytes)
        }
    }
}

extension LedgerPlan.PlannedRun {
    fileprivate func write(_ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO runs (id, key, root, service, environment, revision, branch, sequence, started,
                    ended, result, passed, failed, error, skipped, flaky)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let counts = record.counts
        try statement.execute(arguments: [
            slot, Data(record.key.bytes), record.root < 0 ? nil : record.root, record.service,
            record.environment, record.revision, record.branch, record.sequence, record.start, record.end,
            record.ended.map { Int64($0.rawValue) }, counts.passed,
            counts.failed, counts.error, counts.skipped, counts.flaky,
        ])
    }
}

internal import MetricModel

/// A row of the test ledger as it was read.
package struct LedgerRow: Sendable {
    enum Content: Sendable {
        case pattern(Int64, PatternTable.Entry)
        case test(Int64, description: [UInt8])
        case run(Int64, root: Int64?, RunRecord)
        case results(run: Int64, chunk: [UInt8])
        case trial(Int64, image: [UInt8])
        case trialCase(Int64, image: [UInt8])
        case skillEdit(Int64, image: [UInt8])
        case inputPattern(Int64, image: [UInt8])
    }

    let content: Content

    init(_ content: Content) { self.content = content }

    /// The queries whose rows are read by column.
    enum Selection {
        static let patterns = "SELECT id, service, text, count, last FROM patterns ORDER BY id"
        static let runs = """
            SELECT id, key, root, service, environment, revision, branch, sequence, started, ended, result,
                passed, failed, error, skipped, flaky
            FROM runs ORDER BY id
            """
    }

    init(patternIn row: borrowing BlobStatement.Row) {
        content = .pattern(
            row.integer(0),
            PatternTable.Entry(
                service: row.text(1), text: row.text(2), count: row.integer(3), last: row.integer(4)))
    }

    init(runIn row: borrowing BlobStatement.Row) {
        let counts = (11..<16).map { Int(row.integer($0)) }
        let record = RunRecord(
            key: RunKey(bytes: row.withBytes(1) { Array($0) }), root: -1, service: row.text(3),
            environment: row.text(4), revision: row.isNull(5) ? nil : row.text(5),
            branch: row.isNull(6) ? nil : row.text(6), sequence: row.isNull(7) ? nil : row.integer(7),
            start: row.integer(8), end: row.integer(9),
            ended: row.isNull(10) ? nil : RunOutcome(rawValue: UInt8(clamping: row.integer(10))),
            counts: CaseCounts(
                passed: counts[0], failed: counts[1], error: counts[2], skipped: counts[3], flaky: counts[4]))
        content = .run(row.integer(0), root: row.isNull(2) ? nil : row.integer(2), record)
    }
}

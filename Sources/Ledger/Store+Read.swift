internal import GRDB

/// Reading beside whoever has the directory: no lock is needed, nothing is changed, and what is read is the ledger
/// as it was committed at one moment.
extension Store {
    /// Gives `visitor` the test ledger of `directory`.
    ///
    /// - Parameter hasResults: false where tests and runs are enough: results are nearly all there is to read.
    /// - Throws: `StoreError.noLedger` where there is none yet, `.newerSchema` where another version wrote it.
    package static func read(
        directory: String, hasResults: Bool = true, loading visitor: inout some StoreVisitor & ~Copyable
    ) throws(StoreError) {
        try snapshot(directory) { db in
            visitor.begin()
            if hasResults {
                try Loading.ledger(db, into: &visitor)
            } else {
                try Loading.names(db, into: &visitor)
            }
        }
    }

    /// Gives every run of the ledger, oldest first, to `body` with its results, those of its parts among them; what
    /// was corrected comes as it was corrected. Memory is needed for one run at a time.
    ///
    /// - Throws: as `read`.
    package static func readResults(
        directory: String, _ options: HistoryOptions, _ body: (RunReport, [ResultReport]) -> Void
    ) throws(StoreError) {
        try snapshot(directory) { db in
            var names = HistoryLoader(options)
            try Loading.names(db, into: &names)
            let history = names.finish()
            var parts: [Int: [Int]] = [:]
            for (slot, facts) in history.runs.facts.enumerated() where facts.isInUse {
                parts[Int(facts.root), default: []].append(slot)
            }
            for root in history.roots() {
                guard let record = history.runs.records[root] else { continue }
                var results: [ChunkResult] = []
                for part in parts[root] ?? [] { results += try chunks(db, ofRun: part) }
                body(history.report(ofRun: root, record), results.compactMap { history.report(of: $0) })
            }
        }
    }

    /// The results of a run, each once.
    private static func chunks(_ db: Database, ofRun run: Int) throws -> [ChunkResult] {
        struct Case: Hashable {
            let test: Int32
            let occurrence: Int
        }
        var results: [ChunkResult] = []
        var places: [Case: Int] = [:]
        try Loading.forEach(
            db, "SELECT run, checksum, chunk FROM results WHERE run = \(run) ORDER BY id", "results"
        ) { _, bytes in
            // A chunk that is not understood is one of a later version: what it says is left out.
            try? ResultChunk.decode(bytes, run: Int32(run)) { result in
                let key = Case(test: result.test, occurrence: result.occurrence)
                if let place = places[key] {
                    results[place] = result
                } else {
                    places[key] = results.count
                    results.append(result)
                }
            }
        }
        return results
    }

    /// Gives the ledger of one moment to `body`.
    static func snapshot(_ directory: String, _ body: (Database) throws -> Void) throws(StoreError) {
        let path = StorePaths(directory: directory).database
        guard FileSystem.byteCount(path) != nil else {
            throw .noLedger(path: path, reason: "there is no such file")
        }
        let connection = try Connection.reader(path)
        defer { try? connection.close() }
        do {
            try connection.inDatabase { db in
                try db.inTransaction(.deferred) {
                    try Opened.refuseNewer(db, path: path)
                    guard try Schema.migrator.appliedIdentifiers(db).contains(Schema.inputMigration) else {
                        throw StoreError.noLedger(
                            path: path, reason: "an older version of spanmeter wrote it")
                    }
                    try body(db)
                    return .commit
                }
            }
        } catch {
            throw StoreError(error, action: "read", path: path)
        }
    }
}

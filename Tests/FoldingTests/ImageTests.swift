import Captures
import Folding
import MetricModel
import Packs
import SeededRandom
import Testing

@Suite struct `Images of folds` {
    static let seed = UInt64.random(in: 0...UInt64.max)
    static let runs = [
        "pytest-opentelemetry/run02", "pytest-opentelemetry/run06", "pytest-opentelemetry/run15-workercrash",
        "pytest-otel/run06", "robotframework-tracer/run01", "skill-routing/run02",
    ]

    /// Everything of `folds`, in slices.
    static func images(of folds: Folds, behind sequence: UInt64? = nil) -> FoldImages {
        var all = FoldImages()
        var place = 0
        repeat {
            let slice = folds.images(from: &place, changedBehind: sequence, countMax: 5)
            all.rows += slice.rows
            all.removed += slice.removed
            all.removedRange = slice.removedRange ?? all.removedRange
            all.isLast = slice.isLast
        } while !all.isLast
        return all
    }

    static func restored(_ rows: [FoldImages.Row], _ replay: Replay) throws -> Folds {
        var folds = Folds(replay.packs.folds)
        for row in rows.sorted(by: { $0.id < $1.id }) {
            try folds.restore(row.image.span.bytes, id: row.id, sequence: row.sequence)
        }
        return folds
    }

    /// The batch in an order that does not depend on that of slots.
    static func sorted(_ batch: OutcomeBatch) -> [String] {
        // Sums depend on their order by their last bits.
        let workers = batch.workers.map { share in
            var share = share
            share.busySeconds = (share.busySeconds * 1e6).rounded() / 1e6
            return share
        }
        // Which results share a slice depends on the order of slots; each slice tells of its runs anew.
        let runs = Dictionary(batch.runs.map { ($0.key, $0) }) { _, last in last }
        return (batch.results.map { "\($0)" } + runs.values.map { "\($0)" } + workers.map { "\($0)" })
            .sorted()
    }

    @Test(arguments: runs) func `go on as if nobody had stopped`(run: String) throws {
        var random = SeededRandom(seed: Self.seed)
        let bodies = try Fixtures.bodies(run).flatMap(SpanSplitter.requests).shuffled(using: &random)
        var whole = try Replay()
        var cut = try Replay()
        for (number, body) in bodies.enumerated() {
            try whole.apply(body)
            try cut.apply(body)
            if number % 7 == 3 {
                whole.now += 3_000
                cut.now += 3_000
                #expect(
                    Self.sorted(whole.decide(.tick)) == Self.sorted(cut.decide(.tick)), "seed \(Self.seed)")
            }
            if number % 11 == 5 { cut.folds = try Self.restored(Self.images(of: cut.folds).rows, cut) }
        }
        #expect(
            Self.sorted(whole.decide(.everything)) == Self.sorted(cut.decide(.everything)),
            "seed \(Self.seed)")
    }

    /// A journal entry: what was said, or what was decided.
    private enum Entry {
        case section([UInt8], arrival: Int64)
        case decision(OutcomeBatch)
    }

    /// Rows as a store keeps them: written in slices while the journal goes on, read back after a crash.
    @Test(arguments: runs) func `and the journal behind them give the same state, wherever one is cut`(
        run: String
    ) throws {
        var random = SeededRandom(seed: Self.seed)
        var replay = try Replay()
        var entries: [Entry] = []
        for body in try Fixtures.bodies(run).flatMap(SpanSplitter.requests).shuffled(using: &random) {
            replay.now += 200
            for section in try replay.sections(body) {
                entries.append(.section(section, arrival: replay.now))
            }
        }
        // Live: entries, and decisions between them as they come due.
        var live = Folds(replay.packs.folds)
        var journal: [Entry] = []
        var rows: [Int64: FoldImages.Row] = [:]
        var finished: UInt64 = 0
        var results: [String] = []
        func keep(_ entry: Entry) throws {
            journal.append(entry)
            try Self.apply(entry, UInt64(journal.count), to: &live)
        }
        for (number, entry) in entries.enumerated() {
            try keep(entry)
            guard case .section(_, let arrival) = entry else { continue }
            if random.once(in: 12), let batch = live.due(at: arrival, resultCountMax: 5, mode: .tick) {
                results += batch.results.map { "\($0)" }
                try keep(.decision(batch))
            }
            if number % 5 == 3 {
                // A part of the checkpoint, or all of it.
                let images = Self.images(of: live, behind: finished)
                let isWhole = random.once(in: 2)
                for row in images.rows where isWhole || random.once(in: 2) { rows[row.id] = row }
                if isWhole {
                    for id in images.removed { rows[id] = nil }
                    rows = rows.filter { images.removedRange?.contains($0.key) != true }
                    finished = UInt64(journal.count)
                }
                var again = try Self.restored(Array(rows.values), replay)
                for sequence in finished..<UInt64(journal.count) {
                    try Self.apply(journal[Int(sequence)], sequence + 1, to: &again)
                }
                let now = arrival + 10_000
                let a = live.due(at: now, resultCountMax: 1_000, mode: .everything)
                let b = again.due(at: now, resultCountMax: 1_000, mode: .everything)
                let difference = Set(a.map(Self.sorted) ?? []).symmetricDifference(b.map(Self.sorted) ?? [])
                #expect(difference.count == 0, "\(number) seed \(Self.seed)")
                // After some of the crashes it goes on, with the rows that are there.
                if random.once(in: 2) { live = again }
            }
        }
        if let batch = live.due(at: replay.now, resultCountMax: 1_000, mode: .everything) {
            results += batch.results.map { "\($0)" }
        }
        #expect(results.count == Set(results).count)
    }

    private static func apply(_ entry: Entry, _ sequence: UInt64, to folds: inout Folds) throws {
        switch entry {
        case .section(let section, let arrival):
            try folds.apply(section.span.bytes, arrival: arrival, sequence: sequence)
        case .decision(let batch): folds.close(batch, sequence: sequence)
        }
    }

    @Test func `that are cut are refused`() throws {
        var replay = try Replay()
        try replay.apply(Fixtures.bodies("pytest-opentelemetry/run01")[0])
        let kinds = Dictionary(grouping: Self.images(of: replay.folds).rows) { $0.id >> 32 }
        for row in kinds.values.compactMap(\.first) {
            for count in 0..<row.image.count {
                var folds = Folds(replay.packs.folds)
                let cut = Array(row.image.prefix(count))
                #expect(throws: FoldError.self) {
                    try folds.restore(cut.span.bytes, id: row.id, sequence: row.sequence)
                }
            }
        }
        #expect(kinds.count == 2)
    }
}

import Bytes
import Configuration
import Derivation
import Folding
import Ledger
import Logging
import MetricModel
import OTLP
import Packs
import Synchronization

/// Keeps folds and the history of tests: takes in what was committed, decides what is due, shows what follows.
///
/// Everything here happens on the committing thread; the lock is for those who look on.
final class LedgerKeeper: Sendable {
    struct State: ~Copyable, Sendable {
        var folds: Folds
        var history: History
        var spans = ResultSpans()
        /// Words of inputs that failed lately.
        var words = InputWords()
        /// Counts results.
        var deriver: Deriver
        /// The history's generation that the board shows.
        var shownGeneration: UInt64?
        var lastRefresh: Int64 = 0
        /// Numbers what is taken in where there is no journal.
        var sequence: UInt64 = 0
        /// Whether the board shows the runs in progress as they are.
        var isLiveShown = false
    }

    let board: GaugeBoard
    private let tables: [GaugeCatalog.Table]
    private let log: Logger
    private let state: Mutex<State>
    private let isFullNow = Atomic<Bool>(false)
    private let readyCaseCount = Atomic<Int>(0)
    private let openCaseCountMax: Int

    /// Results of one decision: 5 ms of the committing thread.
    private static let resultCountMax = 1_000
    /// The same where decisions come behind each commit: those of a commit's requests.
    private static let readyCountMax = 4_096
    /// Tests worked out anew in one turn.
    private static let testCountMax = 5_000
    /// The windows are moved at least so often, in milliseconds.
    private static let refreshInterval: Int64 = 10_000

    /// - Parameters:
    ///   - hash: the registry's.
    ///   - valueByteCountMax: where label values are cut.
    init(
        _ kept: consuming KeptOutcomes, _ packs: PackSet, hash: ByteHash, valueByteCountMax: Int, log: Logger
    ) {
        openCaseCountMax = kept.folds.limits.openCaseCountMax
        board = GaugeBoard(catalog: packs.gauges.catalog)
        tables = packs.gauges.tables
        self.log = log
        let deriver = Deriver(
            program: Program(packs, from: .results), hash: hash, valueByteCountMax: valueByteCountMax)
        state = Mutex(State(folds: kept.folds, history: kept.history, deriver: deriver))
    }

    /// Whether so many cases wait for their results that senders of more have to come again.
    var isFull: Bool { isFullNow.load(ordering: .relaxed) }

    // MARK: What was committed

    /// Takes in a committed entry.
    ///
    /// - Parameter sequence: the entry's number in the journal; nil where there is none.
    func apply(_ entry: IntakeEntry, sequence: UInt64?) {
        if entry.folds.isEmpty, entry.decision == nil { return }
        state.withLock { state in
            state.sequence = sequence ?? state.sequence + 1
            state.isLiveShown = false
            state.words.add(entry.words)
            if !entry.folds.isEmpty {
                do throws(FoldError) {
                    try state.folds.apply(
                        entry.folds.span.bytes, arrival: Int64(entry.arrival / 1_000_000),
                        sequence: state.sequence)
                } catch {
                    preconditionFailure("a section of our own cannot be read: \(error)")
                }
            }
            if let decision = entry.decision {
                state.folds.close(decision.batch, sequence: state.sequence)
                state.history.apply(decision.plan)
            }
            isFullNow.store(state.folds.openCaseCount > openCaseCountMax, ordering: .relaxed)
            readyCaseCount.store(state.folds.readyCaseCount, ordering: .relaxed)
        }
    }

    // MARK: What is due

    /// Decides what is due, as much of it as makes one decision, and hands it to the intake.
    ///
    /// - Parameter now: nanoseconds since 1970.
    /// - Returns: whether more is due.
    func decide(_ mode: DueMode, _ intake: Intake, at now: UInt64) -> Bool {
        guard let touched = intake.tracesBeforeDecision() else { return false }
        return state.withLock { state in
            let batch = state.folds.due(
                at: Int64(now / 1_000_000), touched: touched,
                resultCountMax: mode == .ready ? Self.readyCountMax : Self.resultCountMax, mode: mode)
            guard let batch else { return false }
            let plan = state.history.plan(batch, words: state.words)
            let body = state.spans.encode(
                batch, patterns: plan.patternLabels, inputs: plan.inputLabels, changes: plan.skillChanges)
            Self.submit(Decision(batch, plan), counting: body, &state.deriver, to: intake, at: now)
            return batch.hasMore
        }
    }

    /// Decides where a whole decision's worth of cases waits for nothing else: what comes fast does not pile up
    /// until the next tick.
    func decideReady(_ intake: Intake, at now: UInt64) {
        if readyCaseCount.load(ordering: .relaxed) < Self.resultCountMax { return }
        _ = decide(.ready, intake, at: now)
    }

    // MARK: Skills

    /// How far a repository of skills was read.
    func skillPlace(of source: String) -> SkillPlace { state.withLock { $0.history.skillPlace(of: source) } }

    /// Hands what a look into a repository found to the intake.
    ///
    /// - Returns: false where no decision may be made now, or the look began somewhere else than where we are.
    func note(_ reading: SkillReading, _ intake: Intake, at now: UInt64) -> Bool {
        guard intake.tracesBeforeDecision() != nil else { return false }
        return state.withLock { state in
            let batch = OutcomeBatch(decided: Int64(now / 1_000_000))
            guard let plan = state.history.plan(reading, decided: batch.decided) else { return false }
            let body = state.spans.encode(batch, patterns: [], changes: plan.skillChanges)
            Self.submit(Decision(batch, plan), counting: body, &state.deriver, to: intake, at: now)
            return true
        }
    }

    /// Hands a decision to the intake with what is to be counted of it, which may be several batches.
    private static func submit(
        _ decision: Decision, counting spans: [UInt8], _ deriver: inout Deriver, to intake: Intake,
        at now: UInt64
    ) {
        let bytes = spans.span.bytes
        var request: UInt64 = 0
        do throws(WireError) {
            try deriver.begin(bytes)
            repeat {
                _ = try deriver.nextBatch(bytes)
                intake.submit(
                    deriver.hasMore ? nil : decision, &deriver.batch, request: &request, arrival: now)
            } while deriver.hasMore
        } catch {
            preconditionFailure("spans of our own cannot be read: \(error)")
        }
    }

    /// Deletes what of the ledger is over, as much of it as makes one transaction.
    ///
    /// - Returns: whether more is over.
    func expire(_ tests: Settings.Tests, _ intake: Intake, _ store: Store, at now: Int64) throws(StoreError)
        -> Bool
    {
        // A plan that waits for its commit has numbers of rows in it.
        guard intake.tracesBeforeDecision() != nil else { return false }
        let plan = state.withLock { state in
            state.history.planExpiry(
                now: now, retention: tests.retention.milliseconds,
                dailyRetention: tests.dailyRetention.milliseconds)
        }
        guard let plan else { return false }
        try store.checkpoint { slice in try plan.write(slice.db) }
        state.withLock { $0.history.apply(plan) }
        return true
    }

    /// Images of some open cases and runs for a checkpoint.
    ///
    /// - Parameters:
    ///   - place: where to go on; it is moved.
    ///   - sequence: images that include the journal so far are left out; nil for all.
    func images(from place: inout Int, changedBehind sequence: UInt64?, countMax: Int) -> FoldImages {
        state.withLock { $0.folds.images(from: &place, changedBehind: sequence, countMax: countMax) }
    }

    /// What is said of it on the page.
    var figures: Figures {
        state.withLock { state in
            Figures(
                openCaseCount: state.folds.openCaseCount, runCount: state.folds.runCount,
                resolvedEarlyCount: state.folds.resolvedEarlyCount, orphanCount: state.folds.orphanCount,
                revisedCount: state.folds.revisedCount, testCount: state.history.testCount,
                ledgerRunCount: state.history.runCount, patternCount: state.history.patternCount,
                experimentCount: state.history.experimentCount, skillCount: state.history.skillCount,
                editCount: state.history.editCount,
                inputPatternCount: state.history.inputPatternCount,
                untrackedCount: state.history.untrackedCount, untriedCount: state.history.untriedCount,
                cutCount: state.history.cutCount)
        }
    }

    /// Figures about folds and the history of tests; counts since the start.
    struct Figures: Sendable {
        let openCaseCount: Int
        let runCount: Int
        let resolvedEarlyCount: Int
        let orphanCount: Int
        let revisedCount: Int
        let testCount: Int
        let ledgerRunCount: Int
        let patternCount: Int
        let experimentCount: Int
        let skillCount: Int
        let editCount: Int
        let inputPatternCount: Int
        let untrackedCount: Int
        let untriedCount: Int
        let cutCount: Int
    }

    // MARK: What is shown

    /// Works out what has changed, and shows it.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Returns: whether more is to be worked out.
    func refresh(at now: Int64) -> Bool {
        state.withLock { state in
            if !state.isLiveShown { showLive(state.folds) }
            state.isLiveShown = true
            let isDue = now - state.lastRefresh >= Self.refreshInterval
            guard isDue || state.shownGeneration != state.history.generation else { return false }
            if state.history.refresh(now: now, testCountMax: Self.testCountMax) { return true }
            state.lastRefresh = now
            guard state.shownGeneration != state.history.generation else { return false }
            state.shownGeneration = state.history.generation
            for (number, table) in tables.enumerated() where table.subject != .service {
                show(state.history.rows(per: table.subject, figures: table.figures), number)
            }
            return false
        }
    }

    /// Shows the runs in progress.
    private func showLive(_ folds: borrowing Folds) {
        for (number, table) in tables.enumerated() where table.subject == .service {
            var rows = GaugeRows()
            for live in folds.live {
                rows.labels.append([live.service, live.environment])
                rows.values.append(
                    table.figures.map { figure in
                        switch figure {
                        case "runs_active": Double(live.runCount)
                        case "workers_busy": Double(live.busyWorkerCount)
                        case "workers_idle": Double(live.idleWorkerCount)
                        case "oldest_span": live.oldestSpan.map { Double($0) / 1_000 }
                        default: nil
                        }
                    })
            }
            show(rows, number)
        }
    }

    private func show(_ rows: GaugeRows, _ number: Int) {
        var rows = rows
        let columns = tables[number].columns
        if columns != Array(columns.indices) {
            for index in rows.labels.indices { rows.labels[index] = columns.map { rows.labels[index][$0] } }
        }
        board.publish(table: number, rows)
    }
}

import MetricModel

@testable import Ledger

/// A history that is fed with runs, one after another, as a service would do it.
///
/// Results are characters: P passed, F failed, E error, s skipped, X flaky.
struct RunBook {
    var history: History
    /// Milliseconds since 1970: when the last run ended.
    private(set) var now: Int64 = 1_795_000_000_000
    private(set) var plans: [LedgerPlan] = []
    private var runCount = 0

    static let hour: Int64 = 3_600_000
    static let day = 24 * hour

    init(_ options: HistoryOptions = HistoryOptions()) {
        history = History(options)
    }

    /// A run an hour after the one before, of a minute, with a revision of its own unless one is given.
    @discardableResult
    mutating func run(
        _ results: KeyValuePairs<String, String>, suite: String? = "suite", service: String = "shop",
        environment: String = "ci", branch: String? = "main", revision: String? = nil, sequence: Int64? = nil,
        after: Int64 = hour, ended: RunOutcome? = .passed, key: String? = nil, root: String? = nil,
        inHistory: Bool = true
    ) -> RunKey {
        now += after
        runCount += 1
        let run = RunKey(key ?? "run\(runCount)")
        let change = RunChange(
            key: run, root: root.map { RunKey($0) }, service: service, environment: environment,
            revision: revision ?? "revision\(runCount)", branch: branch, sequence: sequence,
            start: now - 60_000, end: now, ended: ended)
        var batch = OutcomeBatch(decided: now, runs: [change])
        for (test, outcomes) in results {
            for (occurrence, outcome) in outcomes.enumerated() {
                batch.results.append(
                    CaseResult(
                        run: run, service: service, environment: environment, test: test, suite: suite,
                        attempts: .of(outcome), end: now, seconds: 0.5, busySeconds: 0.5,
                        isInHistory: inHistory, occurrence: occurrence))
            }
        }
        take(batch)
        return run
    }

    /// Takes a batch in, and works out what changed.
    mutating func take(_ batch: OutcomeBatch) {
        let plan = history.plan(batch)
        plans.append(plan)
        history.apply(plan)
        refresh()
    }

    mutating func refresh(after milliseconds: Int64 = 0) {
        now += milliseconds
        while history.refresh(now: now, testCountMax: 3) {}
    }

    /// A gauge by its labels behind service and environment; nil where there is none.
    func figure(_ name: String, _ subject: LedgerSubject, _ labels: String...) -> Double? {
        let rows = history.rows(per: subject, figures: [name])
        let found = zip(rows.labels, rows.values).first { Array($0.0.dropFirst(2)) == labels }
        return found?.1[0]
    }

    /// The state of a test of the suite `suite`.
    func state(_ test: String) -> String? {
        let names = ["healthy", "flaky", "broken", "new"]
        let states = names.filter { figure("is_\($0)", .test, "suite", test) == 1 }
        return states.count == 1 ? states[0] : nil
    }
}

extension RunKey {
    init(_ text: String) { self.init(bytes: Array(text.utf8)) }
}

extension [CaseAttempt] {
    /// The attempts behind a result's character; a failure has a pattern.
    static func of(_ outcome: Character) -> Self {
        let failed = CaseAttempt(outcome: .failed, seconds: 0.25, pattern: "Error: #")
        let passed = CaseAttempt(outcome: .passed, seconds: 0.5)
        return switch outcome {
        case "P": [passed]
        case "F": [failed]
        case "E": [CaseAttempt(outcome: .error, seconds: 0.25, pattern: "Error: set-up")]
        case "s": [CaseAttempt(outcome: .skipped, seconds: 0)]
        default: [failed, passed]
        }
    }
}

/// What a meter counts.
package enum MeterSource: String, CaseIterable, Sendable {
    case spans
    /// Results of test cases; a correction of one has what grew, but no `case.result`.
    case cases
    /// Ends of runs.
    case runs
    /// Workers of runs that ended, and those that cases name.
    case workers
    /// Skills that came in another edition.
    case changes

    /// What the attributes of its spans begin with; empty for what comes from outside.
    package var prefix: String {
        switch self {
        case .spans: ""
        case .cases: "case."
        case .runs: "run."
        case .workers: "worker."
        case .changes: "change."
        }
    }

    /// The attributes that its spans may have behind `prefix`, `service` and `environment` always.
    package var names: [String] {
        switch self {
        case .spans: []
        case .cases:
            [
                "service", "environment", "suite", "test", "file", "worker", "result", "duration", "busy",
                "attempts", "attempts_passed", "attempts_failed", "attempts_error", "attempts_skipped",
                "retries", "rescued", "waste", "pattern", "arm", "input",
            ]
        case .runs: ["service", "environment", "result", "duration"]
        case .workers: ["service", "environment", "name", "busy"]
        case .changes: ["service", "environment", "skill"]
        }
    }

    /// The same with their prefix, as expressions name them.
    package var attributes: [String] { names.map { prefix + $0 } }
}

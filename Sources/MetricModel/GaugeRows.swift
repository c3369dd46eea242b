/// What the gauges of one table show: rows of label values and of figures, made by whoever owns them.
package struct GaugeRows: Sendable, Equatable {
    /// For each row the values of the subject's labels, `service` and `environment` first; an empty value is a
    /// missing label.
    package var labels: [[String]]
    /// For each row, for each figure asked for, its value; nil shows nothing.
    package var values: [[Double?]]

    package init(labels: [[String]] = [], values: [[Double?]] = []) {
        self.labels = labels
        self.values = values
    }
}

/// Of what the ledger tells figures.
package enum LedgerSubject: String, Sendable, CaseIterable {
    /// Labels `suite`, `test`.
    case test = "case"
    /// Label `suite`.
    case suite
    /// Label `branch`.
    case branch
    /// Label `experiment`.
    case experiment
    /// Labels `experiment`, `variant`.
    case arm
    /// Label `skill`.
    case skill
    /// Label `skill`: those that tests are of, and those that a repository has.
    case testedSkill = "tested_skill"
    /// Labels `pattern`, `words`.
    case inputPattern = "input_pattern"
    /// No label of its own.
    case service

    /// The labels of its rows behind `service` and `environment`.
    package var labels: [String] {
        switch self {
        case .test: ["suite", "test"]
        case .suite: ["suite"]
        case .branch: ["branch"]
        case .experiment: ["experiment"]
        case .arm: ["experiment", "variant"]
        case .skill, .testedSkill: ["skill"]
        case .inputPattern: ["pattern", "words"]
        case .service: []
        }
    }

    /// The figures that the ledger has of it, by the names that packs use.
    package var figures: [String] {
        let windows = ["1d", "7d", "30d"]
        return switch self {
        case .test:
            [
                "stability", "flip_rate", "entropy", "flakiness", "consecutive_failures", "last_seen",
                "duration_p50", "is_healthy", "is_flaky", "is_broken", "is_new",
            ]
                + ["pass_ratio", "pass_ratio_low", "pass_ratio_high"].flatMap { name in
                    windows.map { "\(name)_\($0)" }
                }
        case .suite: windows.map { "pass_ratio_\($0)" } + ["healthy", "flaky", "broken", "new", "missing"]
        case .branch:
            ["ended", "pass_ratio", "duration", "passed", "failed", "error", "skipped", "flaky"]
        case .experiment:
            [
                "srm_p_value", "started", "last_seen", "is_running", "is_winner", "is_no_difference",
                "is_too_few", "is_srm",
            ]
        case .arm:
            Self.versionFigures + [
                "is_winner", "lift", "lift_low", "lift_high", "p_two_proportion", "p_fisher", "p_mcnemar",
                "p_sequential", "power", "mde",
            ]
        case .skill:
            ["last_change", "impact", "impact_low", "impact_high", "impact_p_value"]
                + Self.versionFigures.flatMap { ["\($0)_current", "\($0)_previous"] }
        case .testedSkill: ["tests"]
        case .inputPattern: ["info"]
        case .service: ["runs_active", "workers_busy", "workers_idle", "oldest_span"]
        }
    }

    /// Of an arm, or of an edition of a skill.
    private static let versionFigures = [
        "cases", "pass_ratio", "pass_ratio_low", "pass_ratio_high", "cost_per_case", "tokens_per_case",
        "latency_p95",
    ]
}

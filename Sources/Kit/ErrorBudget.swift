import Packs

/// When an objective's error budget burns too fast: windows and factors that fit its target.
///
/// The budget `b` is the share of events that may be bad. Over a period of 30 days, a burn rate of `f` (bad events
/// `f` times as frequent as the budget allows) uses the share `s` of the budget in the window `w` when
/// `f = s × period / w`. The usual table (2 % in 1 h: 14.4, 5 % in 6 h: 6, 10 % in 1 d: 3, 10 % in 3 d: 1) is made for
/// targets near 100 %. The fastest possible burn, when every event is bad, is `1 / b`: 6.67 for a target of 0.85, and
/// 14.4 would never be seen. The share of budget stays what the alert is about, so the window gives way: of 1 h, 6 h,
/// 1 d and 3 d each row takes the shortest from its usual one on in which `f × b`, the share of bad events that it
/// waits for, is at most one half; it then fires when half of all events are bad, whatever the target. A row
/// whose factor would be below 1, which spares budget, falls away; so does one whose window has a row with a lower
/// factor before it, because it would say nothing new.
///
/// Source of table and formula: Google, The Site Reliability Workbook, chapter 5, "Alerting on SLOs".
struct ErrorBudget {
    /// One pair of windows: both burn faster than the factor.
    struct Row: Equatable {
        /// The share of the period's budget that is gone when it fires.
        let share: Double
        let long: Window
        let short: Window
        let factor: Double
        /// Whether somebody has to come, and not only to look into it some day.
        let isUrgent: Bool
    }

    /// A window with its name and length.
    struct Window: Equatable {
        let name: String
        let seconds: Double
    }

    /// All windows over which error rates are recorded.
    static let windows = [
        Window(name: "5m", seconds: 300), Window(name: "30m", seconds: 1_800),
        Window(name: "1h", seconds: 3_600), Window(name: "2h", seconds: 7_200),
        Window(name: "6h", seconds: 21_600), Window(name: "1d", seconds: 86_400),
        Window(name: "3d", seconds: 259_200),
    ]

    /// The long windows with the short one that tells whether it still goes on.
    private static let pairs = [(2, 0), (4, 1), (5, 3), (6, 4)].map { (windows[$0.0], windows[$0.1]) }

    /// What the budget is counted over.
    static let periodSeconds = 30.0 * 86_400

    /// The largest share of bad events that an alert may wait for.
    static let errorRatioMax = 0.5

    /// The share of events that may be bad, strictly between 0 and 1.
    let budget: Double
    let rows: [Row]

    /// nil where the objective is no ratio of events, or allows all or none to be bad.
    init?(_ objective: Objective) {
        guard objective.events != nil, let target = objective.bounds[.target], target > 0, target < 1 else {
            return nil
        }
        switch objective.comparison {
        case .atLeast: budget = 1 - target
        case .atMost: budget = target
        case .between: return nil
        }
        let shares = [(0.02, true), (0.05, true), (0.1, false), (0.1, false)]
        var rows: [Row] = []
        for (index, (share, isUrgent)) in shares.enumerated() {
            for (long, short) in Self.pairs[index...] {
                let factor = share * Self.periodSeconds / long.seconds
                guard factor * budget <= Self.errorRatioMax else { continue }
                guard factor >= 1 else { break }
                let isNew = !rows.contains { $0.long == long && $0.factor <= factor }
                if isNew {
                    rows.append(
                        Row(share: share, long: long, short: short, factor: factor, isUrgent: isUrgent))
                }
                break
            }
        }
        self.rows = rows
    }
}

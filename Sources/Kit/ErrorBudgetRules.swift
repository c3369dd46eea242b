import Packs

/// Rules and alerts of objectives that are ratios of events.
struct ErrorBudgetRules {
    private let objectives: [(objective: Objective, events: Objective.Events, budget: ErrorBudget)]
    private let expansion: Expansion

    init(_ catalog: KitCatalog, _ expansion: Expansion) {
        self.expansion = expansion
        objectives = catalog.objectives.compactMap { objective in
            guard let events = objective.events, let budget = ErrorBudget(objective) else { return nil }
            return (objective, events, budget)
        }
    }

    /// The share of bad events over every window, one group for each objective.
    var recording: [RuleGroup] {
        objectives.map { objective, events, _ in
            RuleGroup(
                name: "spanmeter-slo-\(objective.name)", interval: nil,
                rules: ErrorBudget.windows.map { window in
                    Rule(
                        name: Self.record(window), isAlert: false,
                        expression: ratio(events, window), labels: [("slo", objective.name)])
                })
        }
    }

    private static func record(_ window: ErrorBudget.Window) -> String {
        "slo:sli_error:ratio_rate\(window.name)"
    }

    private func ratio(_ events: Objective.Events, _ window: ErrorBudget.Window) -> String {
        let total = "(\(expansion.expression(events.total, window: window.name)))"
        switch events.part {
        case .bad(let bad):
            // Nothing bad may mean that no such series has been born yet: then it is 0 of the total.
            let bad = "(\(expansion.expression(bad, window: window.name)))"
            return "(\n  \(bad)\n  or 0 * \(total)\n)\n/ (\(total) > 0)"
        case .good(let good):
            let good = "(\(expansion.expression(good, window: window.name)))"
            return "1 - (\n  \(good)\n  or 0 * \(total)\n)\n/ (\(total) > 0)"
        }
    }

    /// For each objective an alert that somebody has to come for, and one to look into.
    var alerts: [AlertDescription] {
        objectives.flatMap { objective, events, budget in
            [true, false].compactMap { isUrgent in
                let rows = budget.rows.filter { $0.isUrgent == isUrgent }
                return rows.isEmpty ? nil : alert(objective, events, budget, rows, isUrgent)
            }
        }
    }

    private func alert(
        _ objective: Objective, _ events: Objective.Events, _ budget: ErrorBudget, _ rows: [ErrorBudget.Row],
        _ isUrgent: Bool
    ) -> AlertDescription {
        let camel = objective.name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        let condition = rows.map { self.condition($0, objective, events) }.joined(separator: "\nor\n")
        let windows = rows.map { row in
            "\(Self.percent(row.share)) of the budget of 30 days in \(row.long.name): the error ratio of "
                + "\(row.long.name) and of \(row.short.name) is above \(Self.rounded(row.factor)) × "
                + "\(Self.rounded(budget.budget)) = \(Self.rounded(row.factor * budget.budget))"
        }
        return AlertDescription(
            name: camel.joined() + (isUrgent ? "BudgetBurnsFast" : "BudgetBurnsSlowly"),
            expression: condition, pending: isUrgent ? "2m" : "1h", keepFiringFor: isUrgent ? "10m" : nil,
            severity: isUrgent ? .p1 : .p2, audience: objective.audience, team: nil,
            labels: ["slo": objective.name],
            summary: "The error budget of objective \(objective.name) burns too fast.",
            description: "{{ $value | humanizePercentage }} of the events of {{ $labels.service }} are bad; "
                + "the budget of objective \(objective.name) is \(Self.percent(budget.budget)).",
            value: "{{ $value | humanizePercentage }}",
            threshold: rows.map { "\(Self.percent($0.factor * budget.budget)) in \($0.long.name)" }
                .joined(separator: " or "),
            impact: "At this rate the objective of the month is missed: \(objective.description)",
            action: "Look at the board for what went wrong since the error ratio rose.",
            board: objective.board ?? "",
            runbook: AlertDescription.Runbook(
                meaning: """
                    \(objective.description) Of all events, \(Self.percent(budget.budget)) may be bad; it fires when

                    \(windows.map { "- \($0)" }.joined(separator: "\n"))

                    and there were at least \(events.countMin) events in the long window. Factor = share of the \
                    budget × 30 days / window. Where the factor of the usual table (14.4 in 1 h) is more than all \
                    events being bad can burn, or nearly so, the window is longer, so that half of all events \
                    being bad is always enough.
                    """,
                checks: [
                    "Since when the error ratio of the short window has been high.",
                    "Whether one service, skill or version has most of the bad events.",
                    "What changed then: revision, prompt, model, environment.",
                ],
                actions:
                    "Take back the change that began it. If nothing changed, ask whether the target is right."
            ),
            place: objective.place
        )
    }

    private func condition(
        _ row: ErrorBudget.Row, _ objective: Objective, _ events: Objective.Events
    ) -> String {
        let target = expansion.objective(objective.name, .target)
        let budget = objective.comparison == .atMost ? target : "(1 - \(target))"
        func ratio(_ window: ErrorBudget.Window) -> String {
            "\(Self.record(window)){slo=\"\(objective.name)\"}"
        }
        let total = expansion.expression(events.total, window: row.long.name)
        let factor = Self.rounded(row.factor)
        return """
            (
              \(ratio(row.long)) > \(factor) * \(budget)
              and \(ratio(row.short)) > \(factor) * \(budget)
              and ignoring (slo) (\(total)) * \(row.long.seconds.plain) >= \(events.countMin)
            )
            """
    }

    /// At most 4 digits behind the point.
    private static func rounded(_ number: Double) -> String {
        ((number * 10_000).rounded() / 10_000).plain
    }

    private static func percent(_ ratio: Double) -> String { rounded(ratio * 100) + " %" }
}

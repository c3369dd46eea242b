import Configuration
import Packs

/// The packs' rules and alerts with everything filled in.
struct RuleGroups {
    private(set) var recording: [RuleGroup] = []
    private(set) var alerting: [RuleGroup] = []
    private let settings: Settings.Kit
    private let expansion: Expansion
    private let boards: Set<String>
    private let reader: TextReader

    /// - Parameter reader: who fills in the texts of alerts.
    init(_ catalog: KitCatalog, _ settings: Settings.Kit, texts reader: TextReader = .prometheus) {
        self.settings = settings
        self.reader = reader
        expansion = Expansion(catalog, scope: settings.scope)
        boards = Set(catalog.boards.map(\.name))
        for group in catalog.rules { recording += records(group) }
        let budgets = ErrorBudgetRules(catalog, expansion)
        recording += budgets.recording
        for group in Self.alerts(catalog, expansion) {
            alerting.append(
                RuleGroup(name: "spanmeter-\(group.pack)", interval: nil, rules: group.rules.map(alert)))
        }
    }

    /// The packs' alerts, and those that follow from their objectives.
    static func alerts(
        _ catalog: KitCatalog, _ expansion: Expansion
    ) -> [KitCatalog.Group<AlertDescription>] {
        let budgets = ErrorBudgetRules(catalog, expansion).alerts
        return catalog.alerts + (budgets.isEmpty ? [] : [KitCatalog.Group(pack: "slo", rules: budgets)])
    }

    /// One group for each interval, in the order in which they first come.
    private func records(_ group: KitCatalog.Group<RuleDescription>) -> [RuleGroup] {
        var intervals: [String?] = []
        for rule in group.rules where !intervals.contains(rule.interval) { intervals.append(rule.interval) }
        return intervals.map { interval in
            RuleGroup(
                name: "spanmeter-\(group.pack)" + (interval.map { "-\($0)" } ?? ""), interval: interval,
                rules: group.rules.filter { $0.interval == interval }.map { rule in
                    Rule(
                        name: rule.record, isAlert: false, expression: expansion.expression(rule.expression),
                        labels: rule.labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
                })
        }
    }

    private func alert(_ alert: AlertDescription) -> Rule {
        let labels = [
            ("severity", alert.severity.rawValue), ("audience", alert.audience),
            ("team", alert.team ?? alert.audience),
        ]
        var annotations = [
            ("summary", expansion.text(alert.summary, for: reader)),
            ("description", expansion.text(alert.description, for: reader)),
            ("impact", expansion.text(alert.impact, for: reader)),
            ("action", expansion.text(alert.action, for: reader)),
            ("runbook_url", "\(settings.runbookURL)/\(alert.name).md"),
        ]
        if let metric = alert.expression.firstMatch(of: /([A-Za-z_:][A-Za-z0-9_:]*)[{\[]/) {
            annotations.append(("metric", String(metric.output.1)))
        }
        annotations.append(
            ("value", expansion.text(alert.value ?? #"{{ $value | printf "%.6g" }}"#, for: reader)))
        if let threshold = alert.threshold {
            annotations.append(("threshold", expansion.text(threshold, for: reader)))
        }
        if boards.contains(alert.board) {
            annotations.append(
                ("dashboard_url", "\(settings.grafanaURL)/d/\(BoardAddress.uid(alert.board))"))
        } else if alert.board.hasPrefix("http") {
            annotations.append(("dashboard_url", alert.board))
        }
        return Rule(
            name: alert.name, isAlert: true, expression: expansion.expression(alert.expression),
            pending: alert.pending, keepFiringFor: alert.keepFiringFor,
            labels: labels + alert.labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            annotations: annotations
        )
    }
}

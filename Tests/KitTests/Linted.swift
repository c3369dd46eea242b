import Kit
import Packs

/// What the tests of the lint hold against the checks.
enum Linted {
    /// Series of every kind: counters, a histogram, an info, gauges of the ledger, recorded ones, foreign ones.
    static let series = """
        pack: mine
        external: { node_load1: [cluster], foreign_total: [service, le] }
        meters:
          - meter: deploys
            on: has(deploy.target)
            labels: { target: deploy.target, outcome: deploy.outcome }
            counters:
              deploys_total: { of: 1, help: Deployments. }
              deploy_attempts_total: { of: 1, help: Attempts. }
            histograms: { deploy_seconds: { of: span.duration, buckets: latency, help: Duration. } }
          - meter: deploying
            on: has(deploy.target)
            infos: { deploying_info: { help: Who deploys. } }
          - meter: deployed
            from: ledger
            per: suite
            labels: { suite: suite }
            gauges:
              deploy_pass_ratio: { of: pass_ratio_7d, help: Passes. }
              deploy_cases: { by: state, of: { flaky: flaky, broken: broken }, help: Cases. }
        objectives:
          deploy_ok: { target: 0.9, description: Deployments go well. }
        rules:
          - record: deploys:rate:5m
            expr: sum by (service, outcome) (rate(deploys_total[5m]))
          - record: deploys:ratio:5m
            expr: |
              sum by (service) (rate(deploys_total{outcome="ok"}[5m])) / sum by (service) (rate(deploys_total[5m]))
          - record: deploys:buckets:5m
            expr: sum by (service, le) (rate(deploy_seconds_bucket[5m]))

        """

    private static let alert = """
        alerts:
          - alert: Deploys
            expr: 'EXPR'
            KEYS
            severity: P2
            audience: qa
            summary: "It fails."
            description: '{{ $value }} of {{ $labels.service }}.'
            impact: i
            action: a
            board: own
            runbook: { meaning: m, checks: [a, b, c], actions: a }

        """

    private static let board = """
        boards:
          own:
            title: Own
            folder: qa
            text: Mine.
            services: deploys_total
            VARIABLES
            rows:
              - panels:
                  - { panel: A, kind: timeseries, unit: none, text: T., no_value: none, PANEL }

        """

    /// Findings in a pack that is alone.
    static func findings(_ pack: String) throws -> [LintFinding] {
        let packs = try PackSet(sources: [PackSource(file: "my.yaml", text: pack)])
        return KitLint.findings(packs: packs, settings: Generated.settings)
    }

    static func findings(panel keys: String, variables: String = "") throws -> [LintFinding] {
        try findings(
            series
                + board.replacing("PANEL", with: keys)
                .replacing("VARIABLES", with: variables.isEmpty ? "tags: []" : variables))
    }

    static func findings(query expression: String) throws -> [LintFinding] {
        try findings(panel: "expr: '\(expression)'")
    }

    static func findings(rule expression: String, keys: String = "") throws -> [LintFinding] {
        try findings(series + "  - { record: \"own:x:y\", expr: '\(expression)'\(keys) }\n")
    }

    static func findings(
        alert expression: String, keys: String = "for: 5m", replacing change: (String, String) = ("", "")
    ) throws -> [LintFinding] {
        let alert = alert.replacing("EXPR", with: expression).replacing("KEYS", with: keys)
        let board = board.replacing("PANEL", with: "expr: deploy_cases").replacing(
            "VARIABLES", with: "tags: []")
        let changed = change.0.isEmpty ? alert : alert.replacing(change.0, with: change.1)
        return try findings(series + changed + board)
    }
}

extension [LintFinding] {
    /// The names of the checks.
    var checks: [String] { map(\.check) }
}

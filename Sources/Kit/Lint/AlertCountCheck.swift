import Packs
import PromQL

/// `alerts/count`: an alert about what packs derive fires once for all replicas, not for each of them.
///
/// Its result has neither `job` nor `instance`: it is aggregated over them.
enum AlertCountCheck: LintCheck {
    static let name = "alerts/count"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.alerts.compactMap { alert in
            guard let tree = alert.expression.tree,
                let labels = kit.known.labels(of: tree), !labels.isDisjoint(with: KnownSeries.targetLabels),
                let metric = tree.metricNames.sorted().first(where: { kit.known[$0]?.isDerived == true })
            else { return nil }
            return alert.expression.finding(
                Self.self, .warning, at: tree.range,
                "fires for each instance: '\(metric)' keeps job and instance; wanted an aggregation, "
                    + "such as by (service)")
        }
    }
}

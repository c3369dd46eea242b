import Packs
import PromQL

/// `alerts/absent`: an alert about what is absent waits at least four scrapes.
///
/// When Prometheus starts, everything is absent until its first scrape.
enum AlertAbsentCheck: LintCheck {
    static let name = "alerts/absent"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.alerts.compactMap { alert in
            let call = alert.expression.tree?.descendants.first { node in
                guard case .call(let call) = node.node else { return false }
                return call.name == "absent"
            }
            guard let call, alert.description.pendingSeconds < 4 * RateWindowCheck.scrapeSeconds else {
                return nil
            }
            return alert.expression.finding(
                Self.self, at: call.range,
                "asks for absent() with 'for: \(alert.description.pending)'; wanted at least 1m, "
                    + "as all is absent when Prometheus starts")
        }
    }
}

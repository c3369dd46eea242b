import Packs
import PromQL

/// `group/interval`: rules are evaluated at least every five minutes.
///
/// Prometheus forgets a sample after five minutes: behind that the recorded series has gaps.
enum GroupIntervalCheck: LintCheck {
    static let name = "group/interval"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.groups.joined().compactMap { rule in
            guard let interval = rule.description.interval,
                let seconds = PromQLDuration.seconds(of: interval), seconds > 300
            else { return nil }
            return rule.subject.finding(
                Self.self, "has the interval \(interval); wanted at most 5m, behind which its series has gaps"
            )
        }
    }
}

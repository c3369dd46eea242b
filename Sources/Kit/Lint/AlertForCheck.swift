import Packs
import PromQL

/// `alerts/for`: an alert says how long its condition has to hold, which is nothing or at least two scrapes.
enum AlertForCheck: LintCheck {
    static let name = "alerts/for"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.alerts.compactMap { alert in
            let description = alert.description
            guard description.severity != .heartbeat else { return nil }
            guard description.saysPending else {
                return alert.subject.finding(
                    Self.self, .warning,
                    "has no 'for' and fires at once; wanted one, or 'for: 0m' that says so")
            }
            let seconds = description.pendingSeconds
            guard seconds > 0, seconds < 2 * RateWindowCheck.scrapeSeconds else { return nil }
            return alert.subject.finding(
                Self.self, .warning, "has 'for: \(description.pending)', less than two scrapes of 15s")
        }
    }
}

extension AlertDescription {
    /// How long the condition has to hold.
    var pendingSeconds: Double { PromQLDuration.seconds(of: pending) ?? 0 }
}

extension PromQLDuration {
    /// Of a text such as `1h30m`; nil where it is none.
    static func seconds(of text: String) -> Double? {
        guard let tree = try? PromQLParser.parse("x[\(text)]", as: .prometheus2),
            case .range(_, let duration) = tree.node
        else { return nil }
        return duration.seconds
    }
}

import Packs
import PromQL

/// `alerts/annotation`: the summary of an alert is the same every time, and its description says the value.
///
/// Alerts are grouped and looked for by their summary. What is absent has no value.
enum AlertAnnotationCheck: LintCheck {
    static let name = "alerts/annotation"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.alerts.flatMap { alert -> [LintFinding] in
            let description = alert.description
            guard description.severity != .heartbeat else { return [] }
            var found: [LintFinding] = []
            if description.summary.contains("{{") {
                found.append(
                    alert.subject.finding(
                        Self.self, .warning, "has a template in its summary; wanted it in the description"))
            }
            let isAbout = alert.expression.tree?.descendants.contains { node in
                guard case .call(let call) = node.node else { return false }
                return call.name.hasPrefix("absent")
            }
            if isAbout == false, !TemplateNames(description.description).hasValue {
                found.append(
                    alert.subject.finding(Self.self, .warning, "has no {{ $value }} in its description"))
            }
            return found
        }
    }
}

import Packs
import PromQL

/// `alerts/template`: texts of an alert ask only for labels that its result has, and its labels never for the value.
///
/// A label that is not there is an empty gap in the message; a label with the value in it makes another alert of
/// each evaluation, which never fires behind a `for`.
enum AlertTemplateCheck: LintCheck {
    static let name = "alerts/template"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.alerts.flatMap { alert -> [LintFinding] in
            let description = alert.description
            var found: [LintFinding] = []
            for (label, text) in description.labels.sorted(by: { $0.key < $1.key })
            where TemplateNames(text).hasValue {
                found.append(
                    alert.subject.finding(
                        Self.self,
                        "has the value in its label '\(label)', so that it never stays the same alert"))
            }
            guard let tree = alert.expression.tree, let labels = kit.known.labels(of: tree) else {
                return found
            }
            for (part, text) in alert.texts {
                for name in TemplateNames(text).labels where !labels.contains(name) {
                    let known =
                        labels.isEmpty ? "no labels" : labels.sorted().joined(separator: ", ")
                    found.append(
                        alert.subject.finding(
                            Self.self,
                            "asks for the label '\(name)' in its \(part); its expression has \(known)"
                                + Nearest.hint(for: name, among: labels)))
                }
            }
            return found
        }
    }
}

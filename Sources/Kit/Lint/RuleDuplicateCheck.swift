import Packs
import PromQL

/// `rule/duplicate`: no two rules record the same expression with the same labels.
enum RuleDuplicateCheck: LintCheck {
    static let name = "rule/duplicate"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        var known: [String: LintSubject] = [:]
        return kit.groups.joined().compactMap { rule in
            guard let tree = rule.expression.tree else { return nil }
            let labels = rule.description.labels.sorted { $0.key < $1.key }
            let key = "\(tree.text) \(labels)"
            guard let other = known[key] else {
                known[key] = rule.subject
                return nil
            }
            return rule.subject.finding(
                Self.self, .warning, "records the same as \(other.name) in \(other.place)")
        }
    }
}

import Packs
import PromQL

/// `rule/name`: what a rule records is called `level:metric:operation`, as no metric that is scraped is.
enum RuleNameCheck: LintCheck {
    static let name = "rule/name"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.groups.joined().compactMap { rule in
            let record = rule.description.record
            if let kind = kit.known[record]?.kind, kind != .recorded, kind != .foreign {
                return rule.subject.finding(Self.self, "records '\(record)', which is exposed already")
            }
            guard !record.contains(":") else { return nil }
            return rule.subject.finding(
                Self.self, .warning, "records a name without ':'; wanted level:metric:operation")
        }
    }
}

import Packs
import PromQL

/// `rule/dependency`: a rule reads only what rules before it record: of its own group, or of an earlier one.
///
/// What stands behind it was recorded one interval ago, or not at all after a start.
enum RuleDependencyCheck: LintCheck {
    static let name = "rule/dependency"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        let rules = Array(kit.groups.joined())
        let groups = kit.groups.enumerated().flatMap { number, group in group.map { _ in number } }
        return rules.enumerated().flatMap { index, rule -> [LintFinding] in
            let names = rule.expression.tree?.metricNames.sorted() ?? []
            return names.compactMap { metric in
                if metric == rule.description.record {
                    return rule.subject.finding(Self.self, .warning, "reads what it records itself")
                }
                let places = rules.indices.filter { rules[$0].description.record == metric }
                guard let later = places.last, later > index, places.allSatisfy({ $0 > index }) else {
                    return nil
                }
                let isOwn = groups[later] == groups[index]
                return rule.subject.finding(
                    Self.self, isOwn ? .error : .warning,
                    "reads '\(metric)', which \(rules[later].subject.place) records behind it"
                        + (isOwn ? "" : " in another group"))
            }
        }
    }
}

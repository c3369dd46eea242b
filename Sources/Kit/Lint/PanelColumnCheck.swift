import Packs
import PromQL

/// `panel/column`: the columns of a table, and what it is sorted by, are labels of a result or legends of queries.
enum PanelColumnCheck: LintCheck {
    static let name = "panel/column"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.panels.filter { [.table, .barchart].contains($0.description.kind) }.flatMap { panel in
            let description = panel.description
            var known: Set<String> = ["Time", "Value"]
            known.formUnion(description.queries.map(\.legend).filter { !$0.isEmpty })
            var findings: [LintFinding] = []
            let titles = Set(description.columns.flatMap { [$0.name, $0.title] })
            if let sort = description.sort?.column, !titles.union(known).contains(sort) {
                findings.append(
                    panel.subject.finding(
                        Self.self,
                        "is sorted by '\(sort)', which is no column of it"
                            + Nearest.hint(for: sort, among: titles.union(known))))
            }
            for query in panel.queries {
                guard let tree = query.tree, let labels = kit.known.labels(of: tree) else { return findings }
                known.formUnion(labels)
            }
            return findings
                + description.columns.filter { !known.contains($0.name) }.map { column in
                    panel.subject.finding(
                        Self.self,
                        "has the column '\(column.name)', which no result has; wanted one of "
                            + known.subtracting(["Time", "Value"]).sorted().joined(separator: ", ")
                            + Nearest.hint(for: column.name, among: known))
                }
        }
    }
}

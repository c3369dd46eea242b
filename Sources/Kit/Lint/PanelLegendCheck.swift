import Packs
import PromQL

/// `panel/legend`: a legend names labels that the result has.
enum PanelLegendCheck: LintCheck {
    static let name = "panel/legend"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.panels.flatMap { panel in
            zip(panel.description.queries, panel.queries).flatMap { description, query -> [LintFinding] in
                guard let tree = query.tree, let labels = kit.known.labels(of: tree) else { return [] }
                return LegendNames.names(in: description.legend).filter {
                    !labels.contains($0) && $0 != "__name__"
                }.map { name in
                    query.finding(
                        Self.self, at: tree.range,
                        "has the label '\(name)' in its legend; its result has "
                            + (labels.isEmpty ? "no labels" : labels.sorted().joined(separator: ", "))
                            + Nearest.hint(for: name, among: labels))
                }
            }
        }
    }
}

/// Labels in a text of Grafana's: `{{suite}}`.
enum LegendNames {
    static func names(in text: String) -> [String] {
        var names: [String] = []
        var rest = text[...]
        while let begin = rest.firstRange(of: "{{"), let end = rest[begin.upperBound...].firstRange(of: "}}")
        {
            names.append(String(rest[begin.upperBound..<end.lowerBound].filter { !$0.isWhitespace }))
            rest = rest[end.upperBound...]
        }
        return names.filter { !$0.hasPrefix("__") }
    }
}

import Packs
import PromQL

/// `board/annotation`: title, text and tags of an annotation name labels that its result has.
enum BoardAnnotationCheck: LintCheck {
    static let name = "board/annotation"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.boards.flatMap(\.annotations).flatMap { description, expression -> [LintFinding] in
            guard let tree = expression.tree, let labels = kit.known.labels(of: tree) else { return [] }
            let names =
                LegendNames.names(in: description.title) + LegendNames.names(in: description.text)
                + description.tags
            return names.filter { !labels.contains($0) }.map { name in
                expression.finding(
                    Self.self, at: tree.range,
                    "names the label '\(name)'; its result has "
                        + (labels.isEmpty ? "no labels" : labels.sorted().joined(separator: ", "))
                        + Nearest.hint(for: name, among: labels))
            }
        }
    }
}

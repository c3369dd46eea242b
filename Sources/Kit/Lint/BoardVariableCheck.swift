import Packs
import PromQL

/// `board/variable`: every `$name` in a matcher is a variable of its board, every variable acts somewhere, and one
/// of which several values can be chosen is compared by `=~`.
enum BoardVariableCheck: LintCheck {
    static let name = "board/variable"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.boards.flatMap { board in
            values(board, kit.known) + services(board, kit.known) + uses(board)
        }
    }

    /// Variables whose label their series do not have.
    private static func values(_ board: LintedKit.Board, _ known: KnownSeries) -> [LintFinding] {
        board.variables.compactMap { description, expression in
            guard case .of(_, let label) = description.values, let expression, let tree = expression.tree,
                let labels = known.labels(of: tree), !labels.contains(label)
            else { return nil }
            return expression.finding(
                Self.self, at: tree.range,
                "takes the values of the label '\(label)'; its series have "
                    + labels.sorted().joined(separator: ", ") + Nearest.hint(for: label, among: labels))
        }
    }

    /// The metric that says which environments and services there are.
    private static func services(_ board: LintedKit.Board, _ known: KnownSeries) -> [LintFinding] {
        let metric = board.description.head.services
        guard let series = known[metric] else {
            return [
                board.subject.finding(
                    Self.self,
                    "has the 'services' of '\(metric)', which nobody has"
                        + Nearest.hint(for: metric, among: known.names))
            ]
        }
        guard let labels = series.labels, !labels.isSuperset(of: ["environment", "service"]) else {
            return []
        }
        return [
            board.subject.finding(
                Self.self, "has the 'services' of '\(metric)', which has no labels environment and service")
        ]
    }

    private static func uses(_ board: LintedKit.Board) -> [LintFinding] {
        let variables = board.variables.map(\.description)
        let multiple = Set(variables.filter { !$0.isSingle }.map(\.name)).union(["environment", "service"])
        let names = Set(variables.map(\.name)).union(["datasource", "environment", "service"])
        let expressions =
            board.panels.flatMap(\.queries) + board.annotations.map(\.expression)
            + board.variables.compactMap(\.expression)
        var findings: [LintFinding] = []
        for expression in expressions {
            for use in expression.tree?.selectorUses ?? [] {
                for matcher in use.selector.matchers {
                    for name in VariableNames.names(in: matcher.value) where !name.hasPrefix("__") {
                        guard names.contains(name) else {
                            findings.append(
                                expression.finding(
                                    Self.self, at: use.place,
                                    "asks for $\(name), which the board has not"
                                        + Nearest.hint(for: name, among: names)))
                            continue
                        }
                        let isExact = matcher.comparison == .equal || matcher.comparison == .notEqual
                        guard isExact, multiple.contains(name) else { continue }
                        findings.append(
                            expression.finding(
                                Self.self, at: use.place,
                                "has \(matcher.label)\(matcher.comparison.rawValue)\"\(matcher.value)\", of which "
                                    + "several can be chosen; wanted =~ or 'single: true'"))
                    }
                }
            }
        }
        let used = Set(
            board.panels.flatMap(\.description.queries).flatMap { VariableNames.names(in: $0.expression) }
                + board.description.annotations.flatMap { VariableNames.names(in: $0.expression) }
                + board.variables.flatMap { variable -> [String] in
                    guard case .of(let selector, _) = variable.description.values else { return [] }
                    return VariableNames.names(in: selector)
                } + board.panels.flatMap { VariableNames.names(in: $0.description.title) })
        return findings
            + variables.filter { !used.contains($0.name) }.map { variable in
                board.subject.finding(
                    Self.self, .warning, "has the variable '\(variable.name)', which no panel asks for")
            }
    }
}

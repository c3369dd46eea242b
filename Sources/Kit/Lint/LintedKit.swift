import Configuration
import Packs
import PromQL

/// The kit as the checks see it: every part with its expressions, and the series that there are.
struct LintedKit: Sendable {
    /// A panel with its queries.
    struct Panel: Sendable {
        let description: PanelDescription
        let subject: LintSubject
        /// In the order of the description's.
        let queries: [LintedExpression]
    }

    /// A board with the expressions of its variables and annotations.
    struct Board: Sendable {
        let description: KitCatalog.Board
        let subject: LintSubject
        let panels: [Panel]
        let annotations: [(description: BoardDescription.Annotation, expression: LintedExpression)]
        let variables: [(description: BoardDescription.Variable, expression: LintedExpression?)]
    }

    /// A recording rule.
    struct Recording: Sendable {
        let description: RuleDescription
        let subject: LintSubject
        let expression: LintedExpression
    }

    /// An alert that a pack declares, or that follows from an objective of it.
    struct Alert: Sendable {
        let description: AlertDescription
        let subject: LintSubject
        let expression: LintedExpression
        /// Its labels and annotations as they are generated, but for addresses.
        let texts: [(name: String, text: String)]
    }

    let boards: [Board]
    /// By pack and interval: what Prometheus evaluates one after another.
    let groups: [[Recording]]
    let alerts: [Alert]
    let objectives: [LintedExpression]
    let known: KnownSeries

    init(_ packs: PackSet, _ settings: Settings.Kit) {
        let catalog = packs.kit
        let ruleExpansion = Expansion(catalog, scope: settings.scope)
        known = KnownSeries(packs, settings)
        boards = catalog.boards.map { Self.board($0, Expansion(catalog)) }
        groups = catalog.rules.flatMap { group in
            var intervals: [String?] = []
            for rule in group.rules where !intervals.contains(rule.interval) {
                intervals.append(rule.interval)
            }
            return intervals.map { interval in
                group.rules.filter { $0.interval == interval }.map { Self.recording($0, ruleExpansion) }
            }
        }
        let generated = RuleGroups(catalog, settings).alerting.flatMap(\.rules)
        alerts = RuleGroups.alerts(catalog, ruleExpansion).flatMap(\.rules).map { alert in
            let subject = LintSubject(
                name: "alert '\(alert.name)'", place: alert.place, excuses: alert.excuses)
            let rule = generated.first { $0.name == alert.name }
            let texts =
                (rule?.annotations ?? []).filter { !$0.name.hasSuffix("_url") }
                + (rule?.labels ?? []).map { ("label '\($0.name)'", $0.value) }
            return Alert(
                description: alert, subject: subject,
                expression: LintedExpression(subject, .alert, ruleExpansion.expanded(alert.expression)),
                texts: texts.map { (name: $0.0, text: $0.1) })
        }
        objectives = catalog.objectives.flatMap { Self.expressions($0, ruleExpansion) }
    }

    /// Everything that can be parsed.
    var expressions: [LintedExpression] {
        boards.flatMap { board in
            board.variables.compactMap(\.expression) + board.annotations.map(\.expression)
                + board.panels.flatMap(\.queries)
        } + groups.joined().map(\.expression) + alerts.map(\.expression) + objectives
    }

    var panels: [Panel] { boards.flatMap(\.panels) }

    /// Everything that may have excuses.
    var subjects: [LintSubject] {
        var objectives: [LintSubject] = []
        for expression in self.objectives where !objectives.contains(expression.subject) {
            objectives.append(expression.subject)
        }
        return panels.map(\.subject) + groups.joined().map(\.subject) + alerts.map(\.subject) + objectives
    }

    private static func recording(_ rule: RuleDescription, _ expansion: Expansion) -> Recording {
        let subject = LintSubject(name: "rule '\(rule.record)'", place: rule.place, excuses: rule.excuses)
        return Recording(
            description: rule, subject: subject,
            expression: LintedExpression(subject, .rule, expansion.expanded(rule.expression)))
    }

    /// The part of an objective that nothing evaluates.
    static let objectiveValue = ", value"

    private static func expressions(_ objective: Objective, _ expansion: Expansion) -> [LintedExpression] {
        let subject = LintSubject(
            name: "objective '\(objective.name)'", place: objective.place, excuses: objective.excuses)
        var parts: [(part: String, template: String)] = []
        if let value = objective.value { parts.append((objectiveValue, value)) }
        if let events = objective.events {
            switch events.part {
            case .bad(let bad): parts.append((", bad events", bad))
            case .good(let good): parts.append((", good events", good))
            }
            parts.append((", all events", events.total))
        }
        return parts.map { part, template in
            LintedExpression(
                subject, part: part, .objective,
                expansion.expanded(template, window: ErrorBudget.windows[0].name))
        }
    }

    private static func board(_ board: KitCatalog.Board, _ expansion: Expansion) -> Board {
        let subject = LintSubject(name: "board '\(board.name)'", place: board.place)
        let numbers = numbers(board)
        let panels = board.rows.flatMap(\.panels).map { panel in
            let subject = LintSubject(
                name: "panel '\(panel.title)'", place: panel.place, excuses: panel.excuses)
            return Panel(
                description: panel, subject: subject,
                queries: panel.queries.enumerated().map { number, query in
                    LintedExpression(
                        subject, part: panel.queries.count > 1 ? ", query \(number + 1)" : "", .panel,
                        expansion.expanded(query.expression, values: numbers))
                })
        }
        return Board(
            description: board, subject: subject, panels: panels,
            annotations: board.annotations.map { annotation in
                (
                    annotation,
                    LintedExpression(
                        subject, part: ", annotation '\(annotation.name)'", .annotation,
                        expansion.expanded(annotation.expression))
                )
            },
            variables: board.variables.map { variable in
                guard case .of(let selector, _) = variable.values else { return (variable, nil) }
                return (
                    variable,
                    LintedExpression(
                        subject, part: ", variable '\(variable.name)'", .variable,
                        expansion.expanded(selector))
                )
            }
        )
    }

    /// The first value of each variable that stands for a number or a duration, which may stand outside of strings.
    private static func numbers(_ board: KitCatalog.Board) -> [String: String] {
        var numbers: [String: String] = [:]
        for variable in board.variables {
            guard case .list(let values) = variable.values, let first = values.first else { continue }
            if first.first?.isNumber == true { numbers[variable.name] = first }
        }
        return numbers
    }
}

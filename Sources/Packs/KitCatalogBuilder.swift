/// Joins what packs declare for people, and reports what contradicts or points nowhere.
struct KitCatalogBuilder {
    private(set) var problems: [PackProblem] = []
    private(set) var catalog = KitCatalog()
    private var boards: [BoardDescription] = []
    private var heads: [String: (head: BoardDescription.Head, place: PackPlace)] = [:]
    private var alerts: [String: PackPlace] = [:]
    private var records: [String: PackPlace] = [:]

    /// Adds what `pack` declares.
    mutating func add(_ kit: KitDescription, pack: String) {
        for objective in kit.objectives {
            if let other = catalog.objective(objective.name) {
                problems.append(
                    objective.place.problem(
                        "objective '\(objective.name)' is in \(other.place.file) already"))
                continue
            }
            catalog.objectives.append(objective)
        }
        if !kit.rules.isEmpty { catalog.rules.append(KitCatalog.Group(pack: pack, rules: kit.rules)) }
        if !kit.alerts.isEmpty { catalog.alerts.append(KitCatalog.Group(pack: pack, rules: kit.alerts)) }
        for rule in kit.rules {
            let key = "\(rule.record) \(rule.labels.sorted { $0.key < $1.key })"
            if let other = records.updateValue(rule.place, forKey: key) {
                problems.append(rule.place.problem("rule '\(rule.record)' is in \(other) already"))
            }
        }
        for alert in kit.alerts {
            if let other = alerts.updateValue(alert.place, forKey: alert.name) {
                problems.append(alert.place.problem("alert '\(alert.name)' is in \(other) already"))
            }
        }
        catalog.external.merge(kit.external) { $0.union($1) }
        for board in kit.boards {
            boards.append(board)
            guard let head = board.head else { continue }
            if let other = heads.updateValue((head, board.place), forKey: board.name) {
                problems.append(
                    board.place.problem("board '\(board.name)' has its title in \(other.place) already"))
            }
        }
    }

    /// Joins the boards and looks whether every name means something.
    ///
    /// - Parameter targets: what the configuration sets in place of the packs' targets.
    mutating func finish(_ targets: [ObjectiveTarget]) {
        catalog.objectives.sort { $0.name < $1.name }
        for target in targets { set(target) }
        for objective in catalog.objectives { checkOrder(of: objective) }
        joinBoards()
        checkReferences()
    }

    private mutating func set(_ target: ObjectiveTarget) {
        guard let index = catalog.objectives.firstIndex(where: { $0.name == target.objective }) else {
            let known = catalog.objectives.map(\.name)
            problems.append(
                target.place.problem(
                    "no pack in force has the objective '\(target.objective)'\(hint(target.objective, known))"
                ))
            return
        }
        guard let bound = Objective.Bound(rawValue: target.bound) else {
            let known = Objective.Bound.allCases.map(\.rawValue)
            problems.append(
                target.place.problem(
                    "objective '\(target.objective)' has no '\(target.bound)'\(hint(target.bound, known)) "
                        + "(known: \(known.joined(separator: ", ")))"))
            return
        }
        catalog.objectives[index].set(bound, to: target.value)
    }

    private mutating func checkOrder(of objective: Objective) {
        let bounds = objective.bounds
        func report(_ message: String) {
            problems.append(objective.place.problem("objective '\(objective.name)' has \(message)"))
        }
        if objective.comparison == .between, let low = bounds[.min], let high = bounds[.max], low > high {
            report("the min \(low) above its max \(high)")
        }
        guard let target = bounds[.target], let amber = bounds[.amber], let red = bounds[.red] else { return }
        switch objective.comparison {
        case .atLeast where !(target >= amber && amber >= red):
            report("target \(target), amber \(amber), red \(red); wanted them falling, as it is at_least")
        case .atMost where !(target <= amber && amber <= red):
            report("target \(target), amber \(amber), red \(red); wanted them rising, as it is at_most")
        default: break
        }
    }

    private mutating func joinBoards() {
        for name in Set(boards.map(\.name)).sorted() {
            let parts = boards.filter { $0.name == name }
            guard let (head, place) = heads[name] else {
                for part in parts {
                    problems.append(
                        part.place.problem(
                            "no pack in force gives board '\(name)' a title\(hint(name, heads.keys.sorted()))"
                        ))
                }
                continue
            }
            var board = KitCatalog.Board(name: name, head: head, place: place)
            for part in parts {
                for variable in part.variables { add(variable, to: &board, part.place) }
                board.annotations += part.annotations
                for row in part.rows { Self.add(row, to: &board) }
            }
            board.rows = board.rows.enumerated().sorted {
                ($0.element.order, $0.offset) < ($1.element.order, $1.offset)
            }.map { row in
                var row = row.element
                row.panels = row.panels.enumerated().sorted {
                    ($0.element.order, $0.offset) < ($1.element.order, $1.offset)
                }.map(\.element)
                return row
            }
            if board.rows.contains(where: { !$0.panels.isEmpty }) { catalog.boards.append(board) }
        }
    }

    private mutating func add(
        _ variable: BoardDescription.Variable, to board: inout KitCatalog.Board, _ place: PackPlace
    ) {
        guard let other = board.variables.first(where: { $0.name == variable.name }) else {
            board.variables.append(variable)
            return
        }
        if other != variable {
            problems.append(
                place.problem(
                    "variable '\(variable.name)' of board '\(board.name)' is declared in another way already")
            )
        }
    }

    private static func add(_ row: BoardDescription.Row, to board: inout KitCatalog.Board) {
        if let index = board.rows.firstIndex(where: { $0.title == row.title }) {
            board.rows[index].panels += row.panels
        } else {
            board.rows.append(row)
        }
    }

    private mutating func checkReferences() {
        // A board may be empty because of packs that are not in force: then its link is left out.
        let shown = heads.keys.sorted()
        let objectives = Set(catalog.objectives.map(\.name))
        func check(board name: String, _ place: PackPlace, _ what: String) {
            guard !name.hasPrefix("http"), !name.hasPrefix("/"), !shown.contains(name) else { return }
            problems.append(
                place.problem(
                    "\(what) points to board '\(name)', which no pack in force has\(hint(name, shown))"))
        }
        func check(_ expression: String, _ place: PackPlace, _ what: String) {
            for match in expression.matches(of: ExpressionTemplate.objective) {
                let (name, bound) = (String(match.output.1), match.output.2.map(String.init) ?? "target")
                guard objectives.contains(name) else {
                    problems.append(
                        place.problem(
                            "\(what) asks for objective '\(name)', which no pack in force has"
                                + hint(name, objectives.sorted())))
                    continue
                }
                let bounds = catalog.objective(name)?.bounds ?? [:]
                if Objective.Bound(rawValue: bound).flatMap({ bounds[$0] }) == nil {
                    problems.append(
                        place.problem("\(what) asks for '\(bound)' of objective '\(name)', which has none"))
                }
            }
            if let message = ExpressionTemplate.problem(of: expression) {
                problems.append(place.problem("\(what) \(message)"))
            }
        }
        for objective in catalog.objectives {
            if let board = objective.board {
                check(board: board, objective.place, "objective '\(objective.name)'")
            }
        }
        for rule in catalog.rules.flatMap(\.rules) {
            check(rule.expression, rule.place, "rule '\(rule.record)'")
        }
        for alert in catalog.alerts.flatMap(\.rules) {
            check(alert.expression, alert.place, "alert '\(alert.name)'")
            check(alert.description, alert.place, "the description of alert '\(alert.name)'")
            check(alert.threshold ?? "", alert.place, "the threshold of alert '\(alert.name)'")
            check(board: alert.board, alert.place, "alert '\(alert.name)'")
        }
        for panel in catalog.boards.flatMap(\.rows).flatMap(\.panels) {
            let what = "panel '\(panel.title)'"
            for query in panel.queries {
                check(query.expression, panel.place, what)
            }
            for link in [panel.link].compactMap(\.self) + panel.columns.compactMap(\.link) {
                check(board: link, panel.place, what)
            }
            if let name = panel.objective, !objectives.contains(name) {
                problems.append(
                    panel.place.problem(
                        "\(what) asks for objective '\(name)', which no pack in force has"
                            + hint(name, objectives.sorted())))
            }
        }
    }

    private func hint(_ name: String, _ known: [String]) -> String {
        Nearest.name(to: name, among: known).map { "; did you mean '\($0)'" } ?? ""
    }
}

import Packs

/// The boards.
enum DashboardFiles {
    /// One file for each board, below the folder that it is for.
    static func files(_ catalog: KitCatalog) -> [GeneratedFile] {
        let builder = PanelBuilder(catalog)
        return catalog.boards.map { board in
            GeneratedFile(
                path: "Grafana/dashboards/\(board.head.folder)/\(board.name).json",
                text: dashboard(board, builder).json.rendered
            )
        }
    }

    private static func dashboard(_ board: KitCatalog.Board, _ builder: PanelBuilder) -> Dashboard {
        let head = board.head
        let own = ["spanmeter", head.folder]
        return Dashboard(
            uid: BoardAddress.uid(board.name), title: head.title, description: head.text,
            tags: own + head.tags.filter { !own.contains($0) }, refresh: head.refresh, range: head.range,
            links: [DashboardLink(title: "Boards", tag: "spanmeter")],
            variables: variables(board, builder.expansion),
            annotations: annotations(board, builder.expansion),
            panels: items(board, builder)
        )
    }

    private static func variables(
        _ board: KitCatalog.Board, _ expansion: Expansion
    ) -> [DashboardVariable] {
        let metric = board.head.services
        let fixed = [
            DashboardVariable(name: "datasource", label: "Data source", kind: .datasource, isMultiple: false),
            DashboardVariable(
                name: "environment", label: "Environment",
                kind: .query(selector: metric, label: "environment"), isMultiple: true),
            DashboardVariable(
                name: "service", label: "Service",
                kind: .query(selector: #"\#(metric){environment=~"$environment"}"#, label: "service"),
                isMultiple: true),
        ]
        return fixed
            + board.variables.map { variable in
                let kind: DashboardVariable.Kind =
                    switch variable.values {
                    case .of(let selector, let label):
                        .query(selector: expansion.expression(selector), label: label)
                    case .list(let values): .list(values)
                    }
                return DashboardVariable(
                    name: variable.name, label: variable.title, kind: kind, isMultiple: !variable.isSingle)
            }
    }

    private static func annotations(
        _ board: KitCatalog.Board, _ expansion: Expansion
    ) -> [DashboardAnnotation] {
        let common = [
            DashboardAnnotation(name: "Annotations & Alerts", colour: "rgba(0, 211, 255, 1)", kind: .builtIn),
            DashboardAnnotation(
                name: "Firing alerts", colour: Colour.red.grafana,
                kind: .query(
                    expression: #"ALERTS{alertstate="firing",severity=~"P0|P1"}"#, title: "{{alertname}}",
                    text: "{{severity}} for {{audience}}: {{service}}",
                    tags: ["severity", "audience", "service"], step: "60s")),
        ]
        return common
            + board.annotations.map { annotation in
                DashboardAnnotation(
                    name: annotation.name, colour: annotation.colour.grafana,
                    kind: .query(
                        expression: expansion.expression(annotation.expression), title: annotation.title,
                        text: annotation.text, tags: annotation.tags, step: annotation.step))
            }
    }

    private static func items(_ board: KitCatalog.Board, _ builder: PanelBuilder) -> [DashboardItem] {
        var items: [DashboardItem] = []
        var y = 0
        var id = 1
        for row in board.rows where !row.panels.isEmpty {
            let rowID = id
            if row.title != nil { id += 1 }
            let top = row.title == nil ? y : y + 1
            let (positions, end) = Layout.positions(of: row.panels, from: top)
            let panels = zip(row.panels, positions).map { panel, position in
                defer { id += 1 }
                return builder.panel(panel, id: id, at: position)
            }
            if let title = row.title {
                let position = GridPosition(x: 0, y: y, width: GridPosition.columnCount, height: 1)
                items.append(
                    .row(
                        DashboardRow(
                            id: rowID, title: title, position: position, isCollapsed: row.isCollapsed,
                            panels: row.isCollapsed ? panels : [])))
            }
            if row.title == nil || !row.isCollapsed { items += panels.map { .panel($0) } }
            y = row.title != nil && row.isCollapsed ? y + 1 : end
        }
        return items
    }
}

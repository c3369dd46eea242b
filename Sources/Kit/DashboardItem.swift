/// A row heading or a panel.
enum DashboardItem {
    case row(DashboardRow)
    case panel(DashboardPanel)

    var json: JSON {
        switch self {
        case .row(let row): row.json
        case .panel(let panel): panel.json
        }
    }
}

/// A place on Grafana's grid of 24 columns.
struct GridPosition: Equatable {
    let x: Int
    let y: Int
    let width: Int
    let height: Int

    /// How many columns there are.
    static let columnCount = 24

    var json: JSON { ["h": JSON(height), "w": JSON(width), "x": JSON(x), "y": JSON(y)] }
}

/// A heading; when it is collapsed, its panels are inside of it.
struct DashboardRow {
    let id: Int
    let title: String
    let position: GridPosition
    let isCollapsed: Bool
    let panels: [DashboardPanel]

    var json: JSON {
        [
            "type": "row",
            "id": JSON(id),
            "title": .text(title),
            "collapsed": .flag(isCollapsed),
            "gridPos": position.json,
            "panels": .list(panels.map(\.json)),
        ]
    }
}

/// One panel.
struct DashboardPanel {
    let id: Int
    let title: String
    let description: String
    let position: GridPosition
    let targets: [PanelTarget]
    let links: [PanelLink]
    /// The shortest step of its queries: `30s`.
    let interval: String?
    let transformations: [Transformation]
    let fieldConfig: FieldConfig
    let visualisation: Visualisation

    /// The release of Grafana whose options these are.
    static let pluginVersion = "12.2.0"

    var json: JSON {
        let isText = if case .text = visualisation { true } else { false }
        return [
            "type": .text(visualisation.type),
            "id": JSON(id),
            "pluginVersion": .text(Self.pluginVersion),
            "title": .text(title),
            "description": .text(description),
            "transparent": .flag(isText),
            "datasource": isText ? nil : Dashboard.datasource,
            "gridPos": position.json,
            "links": .list(links.map(\.json)),
            "repeatDirection": "h",
            "interval": interval.map { .text($0) },
            "targets": .list(targets.map(\.json)),
            "transformations": .list(transformations.map(\.json)),
            "fieldConfig": fieldConfig.json,
            "options": visualisation.options,
        ]
    }
}

/// A query of a panel.
struct PanelTarget {
    enum Format: String {
        case timeSeries = "time_series"
        case table, heatmap
    }

    let refID: String
    let expression: String
    let legend: String
    let format: Format
    let isInstant: Bool
    let hasExemplars: Bool
    let isHidden: Bool

    var json: JSON {
        [
            "datasource": Dashboard.datasource,
            "editorMode": "code",
            "expr": .text(expression),
            "format": .text(format.rawValue),
            "instant": .flag(isInstant),
            "range": .flag(!isInstant),
            "exemplar": .flag(hasExemplars),
            "legendFormat": .text(legend.isEmpty ? "__auto" : legend),
            "hide": .flag(isHidden),
            "refId": .text(refID),
        ]
    }
}

/// A link in a panel's head, or from its values.
struct PanelLink {
    let title: String
    let url: String

    /// As a dashboard's link has it, which Grafana's model wants for values, too.
    var json: JSON {
        [
            "title": .text(title),
            "type": "link",
            "icon": "",
            "tooltip": "",
            "url": .text(url),
            "tags": [],
            "asDropdown": false,
            "targetBlank": false,
            "includeVars": false,
            "keepTime": false,
        ]
    }
}

/// What is done with the answers before they are shown.
enum Transformation {
    /// One table of all queries' tables.
    case merge
    /// Only these fields.
    case filter([String])
    /// The order of fields and their new names.
    case organize(order: [String], names: [(field: String, name: String)])

    var json: JSON {
        switch self {
        case .merge: ["id": "merge", "options": [:]]
        case .filter(let names): ["id": "filterFieldsByName", "options": ["include": ["names": JSON(names)]]]
        case .organize(let order, let names):
            [
                "id": "organize",
                "options": [
                    "excludeByName": [:],
                    "includeByName": [:],
                    "indexByName": .object(
                        order.enumerated().map { JSON.Member(name: $1, value: JSON($0)) }),
                    "renameByName": .object(
                        names.map { JSON.Member(name: $0.field, value: .text($0.name)) }),
                ],
            ]
        }
    }
}

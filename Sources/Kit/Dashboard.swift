/// Grafana's classic dashboard, schema version 41, with every member that Grafana itself would save.
struct Dashboard {
    let uid: String
    let title: String
    let description: String
    let tags: [String]
    let refresh: String
    /// How far back it shows: `7d`.
    let range: String
    let links: [DashboardLink]
    let variables: [DashboardVariable]
    let annotations: [DashboardAnnotation]
    let panels: [DashboardItem]

    /// The version of the schema that this model follows.
    static let schemaVersion = 41

    /// Every panel, query, variable and annotation asks what the first variable chooses.
    static let datasource: JSON = ["type": "prometheus", "uid": "${datasource}"]

    var json: JSON {
        [
            "uid": .text(uid),
            "title": .text(title),
            "description": .text(description),
            "tags": JSON(tags),
            "timezone": "browser",
            "editable": false,
            // A crosshair in all panels.
            "graphTooltip": 1,
            "time": ["from": "now-\(range)", "to": "now"],
            "timepicker": [
                "hidden": false,
                "refresh_intervals": ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"],
            ],
            "fiscalYearStartMonth": 0,
            "liveNow": false,
            "weekStart": "",
            "refresh": .text(refresh),
            "schemaVersion": JSON(Self.schemaVersion),
            "version": 1,
            "preload": false,
            "links": .list(links.map(\.json)),
            "templating": ["list": .list(variables.map(\.json))],
            "annotations": ["list": .list(annotations.map(\.json))],
            "panels": .list(panels.map(\.json)),
        ]
    }
}

/// A list of other boards at the top of a board.
struct DashboardLink {
    let title: String
    let tag: String

    var json: JSON {
        [
            "title": .text(title),
            "type": "dashboards",
            "icon": "external link",
            "tooltip": "",
            "url": "",
            "tags": [.text(tag)],
            "asDropdown": true,
            "targetBlank": false,
            "includeVars": true,
            "keepTime": true,
        ]
    }
}

/// What may be chosen at the top of a board.
struct DashboardVariable {
    enum Kind {
        /// The data source itself.
        case datasource
        /// The values of `label` of the series of `selector`.
        case query(selector: String, label: String)
        /// A fixed list.
        case list([String])
    }

    let name: String
    let label: String
    let kind: Kind
    let isMultiple: Bool

    var json: JSON {
        [
            "type": .text(type),
            "name": .text(name),
            "label": .text(label),
            "hide": 0,
            "skipUrlSync": false,
            "description": "",
            "query": query,
            "datasource": datasource,
            "current": current,
            "multi": .flag(isMultiple),
            "allowCustomValue": true,
            "options": .list(options),
            // Whenever the time range changes.
            "refresh": isQuery ? 2 : 1,
            "sort": isQuery ? 1 : 0,
            "includeAll": .flag(isMultiple),
            "allValue": isMultiple ? ".+" : nil,
            "regex": "",
            "auto": false,
            "auto_min": "10s",
            "auto_count": 30,
        ]
    }

    private var isQuery: Bool {
        if case .query = kind { return true }
        return false
    }

    private var type: String {
        switch kind {
        case .datasource: "datasource"
        case .query: "query"
        case .list: "custom"
        }
    }

    private var query: JSON {
        switch kind {
        case .datasource: "prometheus"
        case .query(let selector, let label):
            [
                "query": "label_values(\(selector), \(label))",
                "refId": "PrometheusVariableQueryEditor-\(name)",
            ]
        case .list(let values): .text(values.joined(separator: ","))
        }
    }

    private var datasource: JSON? { isQuery ? Dashboard.datasource : nil }

    private var current: JSON {
        switch kind {
        case .datasource: ["selected": false, "text": "default", "value": "default"]
        case .query where isMultiple: ["selected": true, "text": ["All"], "value": ["$__all"]]
        case .query: ["selected": false, "text": "", "value": ""]
        case .list(let values):
            isMultiple
                ? ["selected": true, "text": ["All"], "value": ["$__all"]]
                : ["selected": true, "text": .text(values.first ?? ""), "value": .text(values.first ?? "")]
        }
    }

    private var options: [JSON] {
        guard case .list(let values) = kind else { return [] }
        let own: [JSON] = values.enumerated().map { index, value in
            ["selected": .flag(!isMultiple && index == 0), "text": .text(value), "value": .text(value)]
        }
        return (isMultiple ? [["selected": true, "text": "All", "value": "$__all"]] : []) + own
    }
}

/// Marks on the time axis of every panel.
struct DashboardAnnotation {
    enum Kind {
        /// What people write themselves.
        case builtIn
        /// Where a query has values.
        case query(expression: String, title: String, text: String, tags: [String], step: String)
    }

    let name: String
    let colour: String
    let kind: Kind

    var json: JSON {
        switch kind {
        case .builtIn:
            [
                "name": .text(name),
                "type": "dashboard",
                "datasource": ["type": "grafana", "uid": "-- Grafana --"],
                "enable": true,
                "hide": true,
                "iconColor": .text(colour),
                "builtIn": 1,
            ]
        case .query(let expression, let title, let text, let tags, let step):
            [
                "name": .text(name),
                "datasource": Dashboard.datasource,
                "enable": true,
                "hide": false,
                "iconColor": .text(colour),
                "builtIn": 0,
                "expr": .text(expression),
                "titleFormat": .text(title),
                "textFormat": .text(text),
                "tagKeys": .text(tags.joined(separator: ",")),
                "step": .text(step),
            ]
        }
    }
}

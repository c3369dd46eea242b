import Packs

/// A kind of panel with its options, complete as Grafana 12 saves them.
enum Visualisation {
    case stat(calculation: String, showsGraph: Bool, showsChange: Bool, isLowerBetter: Bool, isNamed: Bool)
    case gauge(calculation: String)
    case timeseries(legend: Legend)
    case bargauge(calculation: String)
    case barchart(legend: Legend, stack: String)
    case table(sort: (field: String, isDescending: Bool)?)
    case heatmap(unit: String?)
    case stateTimeline(legend: Legend)
    case statusHistory(legend: Legend)
    case histogram(legend: Legend)
    case piechart(calculation: String)
    case text(content: String)

    /// The list of series below a panel.
    struct Legend {
        let mode: PanelDescription.Legend

        var json: JSON {
            [
                "displayMode": mode == .table ? "table" : "list",
                "placement": "bottom",
                "showLegend": .flag(mode != .none),
                "calcs": mode == .table ? ["mean", "max", "lastNotNull"] : [],
            ]
        }
    }

    var type: String {
        switch self {
        case .stat: "stat"
        case .gauge: "gauge"
        case .timeseries: "timeseries"
        case .bargauge: "bargauge"
        case .barchart: "barchart"
        case .table: "table"
        case .heatmap: "heatmap"
        case .stateTimeline: "state-timeline"
        case .statusHistory: "status-history"
        case .histogram: "histogram"
        case .piechart: "piechart"
        case .text: "text"
        }
    }

    private static let tooltip: JSON = ["mode": "multi", "sort": "desc"]

    private static func reduce(_ calculation: String) -> JSON {
        ["values": false, "calcs": [.text(calculation)], "fields": ""]
    }

    var options: JSON {
        switch self {
        case .stat(let calculation, let showsGraph, let showsChange, let isLowerBetter, let isNamed):
            [
                "graphMode": showsGraph ? "area" : "none",
                "colorMode": "value",
                "justifyMode": "auto",
                "textMode": isNamed ? "value_and_name" : "auto",
                "wideLayout": true,
                "showPercentChange": .flag(showsChange),
                "reduceOptions": Self.reduce(calculation),
                "percentChangeColorMode": isLowerBetter ? "inverted" : "standard",
                "orientation": "auto",
            ]
        case .gauge(let calculation):
            [
                "showThresholdLabels": false,
                "showThresholdMarkers": true,
                "sizing": "auto",
                "minVizWidth": 75,
                "minVizHeight": 75,
                "reduceOptions": Self.reduce(calculation),
                "orientation": "auto",
            ]
        case .timeseries(let legend):
            ["legend": legend.json, "tooltip": Self.tooltip]
        case .bargauge(let calculation):
            [
                "displayMode": "basic",
                "valueMode": "color",
                "namePlacement": "auto",
                "showUnfilled": true,
                "sizing": "auto",
                "minVizWidth": 8,
                "minVizHeight": 16,
                "maxVizHeight": 300,
                "legend": Legend(mode: .none).json,
                "reduceOptions": Self.reduce(calculation),
                "orientation": "horizontal",
            ]
        case .barchart(let legend, let stack):
            [
                "orientation": "auto",
                "xTickLabelRotation": 0,
                "xTickLabelMaxLength": 0,
                "xTickLabelSpacing": 0,
                "stacking": .text(stack),
                "showValue": "auto",
                "barWidth": 0.97,
                "groupWidth": 0.7,
                "barRadius": 0,
                "fullHighlight": false,
                "legend": legend.json,
                "tooltip": Self.tooltip,
            ]
        case .table(let sort): Self.table(sort)
        case .heatmap(let unit): Self.heatmap(unit)
        case .stateTimeline(let legend):
            [
                "showValue": "auto",
                "rowHeight": 0.9,
                "mergeValues": true,
                "alignValue": "left",
                "perPage": 20,
                "legend": legend.json,
                "tooltip": ["mode": "single", "sort": "none"],
            ]
        case .statusHistory(let legend):
            [
                "showValue": "auto",
                "rowHeight": 0.9,
                "colWidth": 0.9,
                "perPage": 20,
                "legend": legend.json,
                "tooltip": ["mode": "single", "sort": "none"],
            ]
        case .histogram(let legend):
            ["bucketCount": 30, "bucketOffset": 0, "legend": legend.json, "tooltip": Self.tooltip]
        case .piechart(let calculation):
            [
                "pieType": "donut",
                "displayLabels": ["percent"],
                "tooltip": Self.tooltip,
                "reduceOptions": Self.reduce(calculation),
                "legend": [
                    "values": ["value", "percent"],
                    "displayMode": "table",
                    "placement": "right",
                    "showLegend": true,
                    "calcs": [],
                ],
                "orientation": "auto",
            ]
        case .text(let content):
            [
                "mode": "markdown",
                "code": ["language": "plaintext", "showLineNumbers": false, "showMiniMap": false],
                "content": .text(content),
            ]
        }
    }

    private static func table(_ sort: (field: String, isDescending: Bool)?) -> JSON {
        [
            "frameIndex": 0,
            "showHeader": true,
            "showTypeIcons": false,
            "sortBy": .list(
                sort.map { [["displayName": .text($0.field), "desc": .flag($0.isDescending)]] } ?? []),
            "footer": ["show": false, "reducer": ["sum"], "fields": "", "countRows": false],
            "cellHeight": "sm",
        ]
    }

    private static func heatmap(_ unit: String?) -> JSON {
        [
            "calculate": false,
            "color": [
                "mode": "scheme",
                "scheme": "Oranges",
                "fill": "dark-orange",
                "scale": "exponential",
                "exponent": 0.5,
                "steps": 64,
                "reverse": false,
            ],
            // A cell of nothing is not painted.
            "filterValues": ["le": 1e-9],
            "rowsFrame": ["layout": "auto"],
            "showValue": "never",
            "cellGap": 1,
            "cellValues": [:],
            "yAxis": [
                "unit": unit.map { .text($0) },
                "reverse": false,
                "axisPlacement": "left",
            ],
            "legend": ["show": true],
            "tooltip": ["mode": "single", "yHistogram": true, "showColorScale": true],
            "exemplars": ["color": "rgba(255,0,255,0.7)"],
            "selectionMode": "x",
        ]
    }
}

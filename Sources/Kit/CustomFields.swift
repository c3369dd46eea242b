import Packs

/// The part of a field's configuration that belongs to one kind of panel, complete as Grafana 12 saves it.
enum CustomFields {
    private static let hideFrom: JSON = ["legend": false, "tooltip": false, "viz": false]
    private static let linear: JSON = ["type": "linear"]

    /// Of the kind; nil where it has none.
    static func json(
        _ kind: PanelDescription.Kind, style: PanelDescription.Style, stack: PanelDescription.Stack
    ) -> JSON? {
        switch kind {
        case .timeseries: graph(style, stack)
        case .barchart: bars(stacking: nil)
        case .histogram: bars(stacking: ["mode": "none", "group": "A"])
        case .table:
            ["align": "auto", "cellOptions": ["type": "auto"], "inspect": false, "filterable": true]
        case .heatmap: ["scaleDistribution": linear, "hideFrom": hideFrom]
        case .stateTimeline: ["lineWidth": 0, "fillOpacity": 70, "hideFrom": hideFrom]
        case .statusHistory: ["lineWidth": 1, "fillOpacity": 70, "hideFrom": hideFrom]
        case .piechart: ["hideFrom": hideFrom]
        case .stat, .gauge, .bargauge, .text: nil
        }
    }

    private static func graph(_ style: PanelDescription.Style, _ stack: PanelDescription.Stack) -> JSON {
        let isFilled = style == .bars || stack != .none
        return [
            "drawStyle": style == .lines ? "line" : .text(style.rawValue),
            "gradientMode": "none",
            "thresholdsStyle": ["mode": "off"],
            "lineWidth": style == .bars ? 0 : 1,
            "lineInterpolation": "linear",
            "fillOpacity": isFilled ? 70 : 10,
            "showPoints": style == .points ? "always" : "auto",
            "pointSize": 5,
            "axisPlacement": "auto",
            "axisColorMode": "text",
            "axisLabel": "",
            "axisCenteredZero": false,
            "axisBorderShow": false,
            "scaleDistribution": linear,
            "barAlignment": 0,
            "barWidthFactor": 0.6,
            "stacking": ["mode": .text(stack.rawValue), "group": "A"],
            "hideFrom": hideFrom,
            "insertNulls": false,
            // Runs of tests come from time to time: what lies between them is no gap.
            "spanNulls": .flag(style == .lines),
        ]
    }

    /// A bar chart says among its options how it stacks.
    private static func bars(stacking: JSON?) -> JSON {
        [
            "lineWidth": 1,
            "fillOpacity": 80,
            "gradientMode": "none",
            "axisPlacement": "auto",
            "axisColorMode": "text",
            "axisLabel": "",
            "axisCenteredZero": false,
            "axisBorderShow": false,
            "scaleDistribution": linear,
            "stacking": stacking,
            "hideFrom": hideFrom,
        ]
    }
}

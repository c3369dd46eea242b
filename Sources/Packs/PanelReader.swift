import Yams

/// Reads an element of a row's `panels`.
struct PanelReader {
    private static let keys = [
        "panel", "kind", "text", "order", "width", "height", "expr", "queries", "unit", "decimals", "min",
        "max", "no_value", "thresholds", "mappings", "colours", "objective", "lower_is_better", "change",
        "graph", "link", "calc", "style", "stack", "legend", "columns", "sort", "interval", "fixed_window",
        "content", "lint",
    ]

    /// The panel of `node`; what is wrong with it is reported.
    static func panel(_ node: Node, _ document: inout YAMLDocument) -> PanelDescription {
        var parts = KeyedNode(node, "a panel", keys: keys, &document)
        let title = parts.text("panel", for: "its title", &document)
        parts.what = "panel '\(title)'"
        if parts["kind"] == nil { document.report(node, "\(parts.what) has no 'kind'") }
        let kind = parts.choice("kind", PanelDescription.Kind.self, &document) ?? .timeseries
        let queries = self.queries(parts, kind, &document)
        let content = parts.text("content", &document)
        if kind == .text, content == nil { document.report(node, "\(parts.what) has no 'content'") }
        let hasObjective = parts["objective"] != nil
        if hasObjective, ![.stat, .timeseries].contains(kind) {
            document.report(
                parts["objective"], "\(parts.what) has an 'objective', which only stat and timeseries show")
        }
        return PanelDescription(
            title: title, kind: kind,
            text: kind == .text
                ? parts.text("text", &document) ?? ""
                : parts.text(
                    "text", for: "what it shows, how it is aggregated, what is good, what to do", &document),
            order: parts.integer("order", in: 0...1000, &document) ?? 100,
            width: parts.integer("width", in: 1...24, &document),
            height: parts.integer("height", in: 1...40, &document),
            queries: queries,
            unit: unit(parts, kind, &document),
            decimals: parts.integer("decimals", in: 0...10, &document),
            min: parts.number("min", &document), max: parts.number("max", &document),
            noValue: parts.text("no_value", &document) ?? "no data",
            thresholds: thresholds(parts, &document), mappings: mappings(parts, &document),
            colours: colours(parts, &document),
            objective: parts.text("objective", &document),
            isLowerBetter: parts.flag("lower_is_better", &document),
            showsChange: parts.flag("change", &document),
            hidesGraph: parts["graph"] != nil && !parts.flag("graph", &document),
            link: parts.text("link", &document),
            calculation: calculation(parts, &document),
            style: parts.choice("style", PanelDescription.Style.self, &document) ?? .lines,
            stack: parts.choice("stack", PanelDescription.Stack.self, &document) ?? .none,
            legend: parts.choice("legend", PanelDescription.Legend.self, &document),
            columns: columns(parts, kind, &document), sort: sort(parts, &document),
            interval: parts.duration("interval", &document),
            fixedWindow: parts.text("fixed_window", &document),
            content: content, excuses: parts.excuses(&document), place: document.place(node)
        )
    }

    private static func unit(
        _ parts: KeyedNode, _ kind: PanelDescription.Kind, _ document: inout YAMLDocument
    ) -> String? {
        if parts["unit"] == nil, ![.text, .table, .stateTimeline, .statusHistory].contains(kind) {
            document.report(parts.node, "\(parts.what) has no 'unit': none, s, currencyUSD, …")
        }
        return parts.text("unit", &document)
    }

    private static func calculation(
        _ parts: KeyedNode, _ document: inout YAMLDocument
    ) -> PanelDescription.Calculation {
        guard let node = parts["calc"] else { return .last }
        let names: [String: PanelDescription.Calculation] = [
            "last": .last, "mean": .mean, "max": .max, "min": .min, "sum": .sum, "range": .range,
            "first": .first,
        ]
        if let known = node.scalar.flatMap({ names[$0.string] }) { return known }
        document.report(
            node,
            "'calc' of \(parts.what) is \(YAMLDocument.shape(node)) "
                + "(known: \(names.keys.sorted().joined(separator: ", ")))")
        return .last
    }

    private static func queries(
        _ parts: KeyedNode, _ kind: PanelDescription.Kind, _ document: inout YAMLDocument
    ) -> [QueryDescription] {
        if kind == .text {
            for key in ["expr", "queries"] where parts[key] != nil {
                document.report(parts[key], "\(parts.what) is text and has '\(key)'")
            }
            return []
        }
        switch (parts["expr"], parts["queries"]) {
        case (_?, nil):
            return [QueryDescription(expression: parts.text("expr", &document) ?? "")]
        case (nil, let list?):
            let elements = document.elements(list, "'queries' of \(parts.what)")
            if elements.count > 26 { document.report(list, "\(parts.what) has more than 26 queries") }
            return elements.prefix(26).map { query($0, parts.what, &document) }
        default:
            document.report(parts.node, "\(parts.what) needs one of 'expr' and 'queries'")
            return []
        }
    }

    private static func query(
        _ node: Node, _ panel: String, _ document: inout YAMLDocument
    ) -> QueryDescription {
        let keys = [
            "expr", "legend", "unit", "colour", "dashed", "fill_to", "axis", "instant", "exemplar", "hide",
        ]
        let parts = KeyedNode(node, "a query of \(panel)", keys: keys, &document)
        return QueryDescription(
            expression: parts.text("expr", for: "what it asks", &document),
            legend: parts.text("legend", &document) ?? "",
            unit: parts.text("unit", &document),
            colour: parts.choice("colour", Colour.self, &document),
            isDashed: parts.flag("dashed", &document),
            fillsTo: parts.text("fill_to", &document),
            axis: parts.choice("axis", QueryDescription.Axis.self, &document) ?? .left,
            isInstant: parts["instant"] == nil ? nil : parts.flag("instant", &document),
            hasExemplars: parts.flag("exemplar", &document),
            isHidden: parts.flag("hide", &document)
        )
    }

    private static func columns(
        _ parts: KeyedNode, _ kind: PanelDescription.Kind, _ document: inout YAMLDocument
    ) -> [ColumnDescription] {
        guard let list = parts["columns"] else {
            if kind == .table || kind == .barchart {
                document.report(parts.node, "\(parts.what) has no 'columns': which labels are shown")
            }
            return []
        }
        if kind != .table, kind != .barchart {
            document.report(list, "\(parts.what) has 'columns', which only table and barchart show")
        }
        return document.elements(list, "'columns' of \(parts.what)").map { node in
            if let name = node.scalar?.string { return ColumnDescription(name: name, title: name) }
            let keys = ["column", "title", "unit", "decimals", "width", "mappings", "thresholds", "link"]
            let column = KeyedNode(node, "a column of \(parts.what)", keys: keys, &document)
            let name = column.text("column", for: "a label, or the legend of a query", &document)
            return ColumnDescription(
                name: name, title: column.text("title", &document) ?? name,
                unit: column.text("unit", &document),
                decimals: column.integer("decimals", in: 0...10, &document),
                width: column.integer("width", in: 20...2000, &document),
                mappings: mappings(column, &document), thresholds: thresholds(column, &document),
                link: column.text("link", &document)
            )
        }
    }

    private static func sort(
        _ parts: KeyedNode, _ document: inout YAMLDocument
    ) -> PanelDescription.Sort? {
        guard let text = parts.text("sort", &document) else { return nil }
        if text.hasSuffix(" desc") {
            return PanelDescription.Sort(column: String(text.dropLast(5)).trimmed, isDescending: true)
        }
        return PanelDescription.Sort(column: text, isDescending: false)
    }
}

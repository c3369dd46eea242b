import Packs

/// Which fields a table shows, in which order, under which names.
struct TableColumns {
    let transformations: [Transformation]
    let overrides: [FieldConfig.Override]
    /// The column that it is sorted by, under its shown name.
    let sort: (field: String, isDescending: Bool)?

    /// nil for panels that are no tables.
    init?(_ panel: PanelDescription, _ addresses: BoardAddress) {
        guard panel.kind == .table || panel.kind == .barchart else { return nil }
        // Prometheus' value is the field 'Value', or 'Value #A' where there are several queries.
        var values: [(legend: String, field: String, unit: String?)] = []
        for (index, query) in panel.queries.enumerated() {
            let letter = String(Unicode.Scalar(UInt8(ascii: "A") + UInt8(index)))
            let field = panel.queries.count == 1 ? "Value" : "Value #\(letter)"
            values.append((query.legend.isEmpty ? field : query.legend, field, query.unit))
        }
        var columns = panel.columns
        for value in values where !columns.contains(where: { $0.name == value.legend }) {
            columns.append(ColumnDescription(name: value.legend, title: value.legend))
        }
        var fields: [String] = []
        var names: [(field: String, name: String)] = []
        var overrides: [FieldConfig.Override] = []
        let labels = columns.filter { column in !values.contains { $0.legend == column.name } }
        for column in columns {
            let value = values.first { $0.legend == column.name }
            let field = value?.field ?? column.name
            fields.append(field)
            if field != column.title { names.append((field, column.title)) }
            let properties = Self.properties(column, value?.unit, panel, labels, addresses)
            if !properties.isEmpty {
                overrides.append(
                    FieldConfig.Override(matcher: .name(column.title), properties: properties))
            }
        }
        transformations =
            (panel.queries.count > 1 ? [.merge] : []) + [
                .filter(fields), .organize(order: fields, names: names),
            ]
        self.overrides = overrides
        sort = panel.sort.map { sort in
            let column = columns.first { $0.name == sort.column || $0.title == sort.column }
            return (column?.title ?? sort.column, sort.isDescending)
        }
    }

    private static func properties(
        _ column: ColumnDescription, _ unit: String?, _ panel: PanelDescription,
        _ labels: [ColumnDescription], _ addresses: BoardAddress
    ) -> [(id: String, value: JSON)] {
        var properties: [(id: String, value: JSON)] = []
        if let unit = column.unit ?? unit { properties.append(("unit", .text(unit))) }
        if let decimals = column.decimals { properties.append(("decimals", JSON(decimals))) }
        if let width = column.width { properties.append(("custom.width", JSON(width))) }
        if !column.mappings.isEmpty {
            let mappings = column.mappings.map(\.valueMapping).enumerated().map { $1.json(index: $0) }
            properties.append(("mappings", .list(mappings)))
        }
        if !column.thresholds.isEmpty {
            properties.append(("thresholds", ThresholdStep.json(column.thresholds.map(\.step))))
        }
        if !column.thresholds.isEmpty || column.mappings.contains(where: { $0.colour != nil }) {
            properties.append(("custom.cellOptions", ["type": "color-text"]))
        }
        let fields = labels.map { (variable: $0.name, field: $0.title) }
        if let link = column.link, let url = addresses.url(link, fields: fields) {
            properties.append(("links", [PanelLink(title: "Details", url: url).json]))
        }
        return properties
    }
}

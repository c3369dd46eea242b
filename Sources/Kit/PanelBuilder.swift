import Packs

/// Makes Grafana's panel of a pack's.
struct PanelBuilder {
    let catalog: KitCatalog
    let expansion: Expansion
    let addresses: BoardAddress

    init(_ catalog: KitCatalog) {
        self.catalog = catalog
        expansion = Expansion(catalog)
        addresses = BoardAddress(catalog)
    }

    func panel(_ panel: PanelDescription, id: Int, at position: GridPosition) -> DashboardPanel {
        let objective = panel.objective.flatMap { catalog.objective($0) }
        let targets = PanelTargets(panel, expansion, objective)
        let table = TableColumns(panel, addresses)
        let links = links(panel)
        var config = FieldConfig()
        config.defaults = defaults(panel, links)
        config.overrides =
            panel.colours.map {
                FieldConfig.Override(
                    matcher: .name($0.name), properties: [("color", FieldColor.fixed($0.colour.grafana).json)]
                )
            } + overrides(panel, targets) + (table?.overrides ?? [])
        return DashboardPanel(
            id: id, title: panel.title, description: panel.text, position: position,
            targets: targets.targets, links: links, interval: panel.interval,
            transformations: table?.transformations ?? [], fieldConfig: config,
            visualisation: visualisation(panel, table, hasObjective: objective != nil)
        )
    }

    private func links(_ panel: PanelDescription) -> [PanelLink] {
        guard let link = panel.link, let url = addresses.url(link) else { return [] }
        let title = catalog.boards.first { $0.name == link }?.head.title ?? "More"
        return [PanelLink(title: title, url: url)]
    }

    private func defaults(_ panel: PanelDescription, _ links: [PanelLink]) -> FieldConfig.Defaults {
        var defaults = FieldConfig.Defaults()
        defaults.unit = panel.unit
        defaults.decimals = panel.decimals
        defaults.min = panel.min
        defaults.max = panel.max
        defaults.noValue = panel.kind == .text ? nil : panel.noValue
        defaults.mappings = panel.mappings.map(\.valueMapping)
        defaults.custom = CustomFields.json(panel.kind, style: panel.style, stack: panel.stack)
        if panel.kind != .text, panel.kind != .table { defaults.links = links }
        if !panel.thresholds.isEmpty {
            defaults.thresholds = panel.thresholds.map(\.step)
        } else if panel.kind == .stat || panel.kind == .table {
            // A number that is compared with nothing is neither good nor bad.
            defaults.thresholds = [ThresholdStep(value: nil, color: Colour.text.grafana)]
        } else if panel.kind == .stateTimeline || panel.kind == .statusHistory {
            defaults.thresholds = [ThresholdStep(value: nil, color: Colour.grey.grafana)]
        }
        let hasSeries: [PanelDescription.Kind] = [.timeseries, .barchart, .histogram, .piechart]
        if hasSeries.contains(panel.kind) { defaults.color = .paletteClassic }
        return defaults
    }

    private func overrides(_ panel: PanelDescription, _ targets: PanelTargets) -> [FieldConfig.Override] {
        zip(targets.targets, targets.roles).enumerated().compactMap { index, entry in
            let (target, role) = entry
            var properties: [(id: String, value: JSON)] = []
            switch role {
            case .value:
                // Tables find their columns by name.
                guard panel.kind != .table, panel.kind != .barchart else { return nil }
                properties = self.properties(of: panel.queries[index])
            case .bound where panel.kind == .timeseries:
                properties = [
                    ("color", FieldColor.fixed(Colour.green.grafana).json),
                    ("custom.lineStyle", ["fill": "dash", "dash": [10, 10]]),
                    ("custom.fillOpacity", 0),
                    ("custom.stacking", ["mode": "none", "group": "B"]),
                ]
            case .bound: properties = [("color", FieldColor.fixed(Colour.text.grafana).json)]
            case .state:
                properties = [
                    ("unit", "none"),
                    ("mappings", .list(ObjectiveState.mappings.enumerated().map { $1.json(index: $0) })),
                    ("noValue", "unknown"),
                ]
            }
            guard !properties.isEmpty else { return nil }
            return FieldConfig.Override(matcher: .query(target.refID), properties: properties)
        }
    }

    private func properties(of query: QueryDescription) -> [(id: String, value: JSON)] {
        var properties: [(id: String, value: JSON)] = []
        if let unit = query.unit { properties.append(("unit", .text(unit))) }
        if let colour = query.colour { properties.append(("color", FieldColor.fixed(colour.grafana).json)) }
        if query.isDashed {
            properties.append(("custom.lineStyle", ["fill": "dash", "dash": [10, 10]]))
        }
        if let lower = query.fillsTo {
            properties.append(("custom.fillBelowTo", .text(lower)))
            properties.append(("custom.lineWidth", 0))
        }
        if query.axis == .right { properties.append(("custom.axisPlacement", "right")) }
        return properties
    }

    private func visualisation(
        _ panel: PanelDescription, _ table: TableColumns?, hasObjective: Bool
    ) -> Visualisation {
        let calculation = panel.calculation.rawValue
        let legend = Visualisation.Legend(
            mode: panel.legend ?? (panel.kind == .timeseries ? .table : .list))
        return switch panel.kind {
        case .stat:
            .stat(
                calculation: calculation, showsGraph: !panel.hidesGraph, showsChange: panel.showsChange,
                isLowerBetter: panel.isLowerBetter, isNamed: hasObjective)
        case .gauge: .gauge(calculation: calculation)
        case .timeseries: .timeseries(legend: legend)
        case .bargauge: .bargauge(calculation: calculation)
        case .barchart: .barchart(legend: legend, stack: panel.stack.rawValue)
        case .table: .table(sort: table?.sort)
        case .heatmap: .heatmap(unit: panel.unit)
        case .stateTimeline: .stateTimeline(legend: legend)
        case .statusHistory: .statusHistory(legend: legend)
        case .histogram: .histogram(legend: legend)
        case .piechart: .piechart(calculation: calculation)
        case .text: .text(content: panel.content ?? "")
        }
    }
}

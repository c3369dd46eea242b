import Packs

/// The queries of a panel, those that come of its objective included.
struct PanelTargets {
    /// Which part an objective's query plays.
    enum Role {
        case value
        /// A bound of the objective.
        case bound
        /// 1, 0.5 or 0.
        case state
    }

    private(set) var targets: [PanelTarget] = []
    private(set) var roles: [Role] = []

    init(_ panel: PanelDescription, _ expansion: Expansion, _ objective: Objective?) {
        for query in panel.queries {
            let isInstant = query.isInstant ?? Self.isInstant(panel)
            var legend = query.legend
            if legend.isEmpty { legend = Self.legend(panel, hasObjective: objective != nil) }
            append(
                expansion.expression(query.expression), legend, .value, Self.format(panel.kind), isInstant,
                query)
        }
        guard let objective, let value = targets.first else { return }
        let isStat = panel.kind == .stat
        for bound in Self.bounds(objective) {
            append(expansion.series(objective.name, bound), bound.rawValue, .bound, .timeSeries, isStat)
        }
        if isStat {
            append(
                ObjectiveState.expression(objective, of: value.expression, expansion), "state", .state,
                .timeSeries, true)
        }
    }

    private mutating func append(
        _ expression: String, _ legend: String, _ role: Role, _ format: PanelTarget.Format, _ isInstant: Bool,
        _ query: QueryDescription? = nil
    ) {
        let letter = Unicode.Scalar(UInt8(ascii: "A") + UInt8(targets.count))
        targets.append(
            PanelTarget(
                refID: String(letter), expression: expression, legend: legend, format: format,
                isInstant: isInstant, hasExemplars: query?.hasExemplars ?? false,
                isHidden: query?.isHidden ?? false))
        roles.append(role)
    }

    /// The numbers that a value is shown against.
    private static func bounds(_ objective: Objective) -> [Objective.Bound] {
        objective.comparison == .between ? [.min, .max] : [.target]
    }

    private static func isInstant(_ panel: PanelDescription) -> Bool {
        switch panel.kind {
        case .table, .barchart, .bargauge, .gauge, .piechart, .histogram: true
        case .stat: panel.hidesGraph
        case .timeseries, .heatmap, .stateTimeline, .statusHistory, .text: false
        }
    }

    private static func format(_ kind: PanelDescription.Kind) -> PanelTarget.Format {
        switch kind {
        case .table, .barchart: .table
        case .heatmap: .heatmap
        default: .timeSeries
        }
    }

    private static func legend(_ panel: PanelDescription, hasObjective: Bool) -> String {
        switch panel.kind {
        case .heatmap: "{{le}}"
        case .stat where hasObjective: "now"
        default: ""
        }
    }
}

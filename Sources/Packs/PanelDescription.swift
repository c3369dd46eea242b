/// A panel of a board, as a pack says it; how it becomes Grafana's is the kit's to know.
package struct PanelDescription: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case stat
        case gauge
        case timeseries
        case bargauge
        case barchart
        case table
        case heatmap
        case stateTimeline = "state-timeline"
        case statusHistory = "status-history"
        case histogram
        case piechart
        case text
    }

    /// How series are drawn over time.
    package enum Style: String, Sendable, CaseIterable {
        case lines, bars, points
    }

    /// Whether series are piled up.
    package enum Stack: String, Sendable, CaseIterable {
        case none, normal, percent
    }

    package enum Legend: String, Sendable, CaseIterable {
        case table, list, none
    }

    /// What many values of a series become where one is shown.
    package enum Calculation: String, Sendable, CaseIterable {
        case last = "lastNotNull"
        case mean, max, min, sum, range
        case first = "firstNotNull"
    }

    /// What a value is shown as.
    package struct Mapping: Sendable, Equatable {
        package enum Match: Sendable, Equatable {
            case value(String)
            case range(Double, Double)
        }

        package let match: Match
        package let text: String?
        package let colour: Colour?
    }

    /// Where a colour begins.
    package struct Threshold: Sendable, Equatable {
        /// nil for the colour below all others.
        package let value: Double?
        package let colour: Colour
    }

    /// A series and its colour.
    package struct NamedColour: Sendable, Equatable {
        package let name: String
        package let colour: Colour
    }

    /// By which column a table is sorted.
    package struct Sort: Sendable, Equatable {
        package let column: String
        package let isDescending: Bool
    }

    package let title: String
    package let kind: Kind
    /// What, how aggregated, good or bad, what to do.
    package let text: String
    package let order: Int
    package let width: Int?
    package let height: Int?
    package let queries: [QueryDescription]
    package let unit: String?
    package let decimals: Int?
    package let min: Double?
    package let max: Double?
    package let noValue: String
    package let thresholds: [Threshold]
    package let mappings: [Mapping]
    /// Series names and their colours.
    package let colours: [NamedColour]
    package let objective: String?
    package let isLowerBetter: Bool
    package let showsChange: Bool
    package let hidesGraph: Bool
    /// A board, or an address that begins with `http` or `/`.
    package let link: String?
    package let calculation: Calculation
    package let style: Style
    package let stack: Stack
    package let legend: Legend?
    package let columns: [ColumnDescription]
    package let sort: Sort?
    package let interval: String?
    /// Why its rates need no window that follows the zoom.
    package let fixedWindow: String?
    /// Markdown of a panel of text.
    package let content: String?
    /// Checks that need not hold here, with the reasons.
    package let excuses: [String: String]
    package let place: PackPlace
}

/// A query of a panel.
package struct QueryDescription: Sendable, Equatable {
    package enum Axis: String, Sendable, CaseIterable {
        case left, right
    }

    /// With `$scope` and `$objective(…)` still in it.
    package let expression: String
    /// A series' name, with `{{label}}`; in a table the column's title.
    package let legend: String
    package let unit: String?
    package let colour: Colour?
    package let isDashed: Bool
    /// The legend of the series down to which the area is filled.
    package let fillsTo: String?
    package let axis: Axis
    /// nil for what its panel's kind wants.
    package let isInstant: Bool?
    package let hasExemplars: Bool
    package let isHidden: Bool

    init(
        expression: String, legend: String = "", unit: String? = nil, colour: Colour? = nil,
        isDashed: Bool = false, fillsTo: String? = nil, axis: Axis = .left, isInstant: Bool? = nil,
        hasExemplars: Bool = false, isHidden: Bool = false
    ) {
        self.expression = expression
        self.legend = legend
        self.unit = unit
        self.colour = colour
        self.isDashed = isDashed
        self.fillsTo = fillsTo
        self.axis = axis
        self.isInstant = isInstant
        self.hasExemplars = hasExemplars
        self.isHidden = isHidden
    }
}

/// A column of a table; what is not listed is not shown.
package struct ColumnDescription: Sendable, Equatable {
    /// A label, or the legend of a query.
    package let name: String
    package let title: String
    package let unit: String?
    package let decimals: Int?
    package let width: Int?
    package let mappings: [PanelDescription.Mapping]
    package let thresholds: [PanelDescription.Threshold]
    package let link: String?

    package init(
        name: String, title: String, unit: String? = nil, decimals: Int? = nil, width: Int? = nil,
        mappings: [PanelDescription.Mapping] = [], thresholds: [PanelDescription.Threshold] = [],
        link: String? = nil
    ) {
        self.name = name
        self.title = title
        self.unit = unit
        self.decimals = decimals
        self.width = width
        self.mappings = mappings
        self.thresholds = thresholds
        self.link = link
    }
}

/// Colours that mean something, and some that only differ.
package enum Colour: String, Sendable, CaseIterable {
    case green, amber, red, grey, blue, purple, yellow, text
}

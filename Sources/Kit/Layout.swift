import Packs

/// Puts the panels of a row on the grid: left to right, a new line where the next one does not fit.
enum Layout {
    /// The positions of `panels`, from the line `top` down, and the first free line below them.
    ///
    /// What is left of a line goes to the panels whose width the pack does not say; all panels of a line that do
    /// not say their height are as high as its highest.
    static func positions(
        of panels: [PanelDescription], from top: Int
    ) -> (positions: [GridPosition], end: Int) {
        var positions: [GridPosition] = []
        var y = top
        var line: [PanelDescription] = []
        func width(_ panel: PanelDescription) -> Int { panel.width ?? size(panel.kind).width }
        func finish() {
            let height = line.map { $0.height ?? size($0.kind).height }.max() ?? 0
            let growing = line.count { $0.width == nil }
            var left = GridPosition.columnCount - line.reduce(0) { $0 + width($1) }
            var rest = growing
            var x = 0
            for panel in line {
                var own = width(panel)
                if panel.width == nil {
                    let share = left / rest
                    own += share
                    left -= share
                    rest -= 1
                }
                positions.append(GridPosition(x: x, y: y, width: own, height: panel.height ?? height))
                x += own
            }
            y += height
            line = []
        }
        for panel in panels {
            if line.reduce(width(panel), { $0 + width($1) }) > GridPosition.columnCount { finish() }
            line.append(panel)
        }
        finish()
        return (positions, y)
    }

    /// What a panel takes that says nothing else.
    static func size(_ kind: PanelDescription.Kind) -> (width: Int, height: Int) {
        switch kind {
        case .stat: (6, 4)
        case .gauge: (4, 6)
        case .bargauge, .piechart, .histogram: (8, 8)
        case .timeseries, .heatmap, .barchart: (12, 8)
        case .table: (12, 9)
        case .stateTimeline, .statusHistory: (24, 8)
        case .text: (24, 3)
        }
    }
}

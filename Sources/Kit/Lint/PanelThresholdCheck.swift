import Packs

/// `panel/threshold`: a number that stands alone is shown against something: an objective, thresholds, mappings, or
/// its change.
enum PanelThresholdCheck: LintCheck {
    static let name = "panel/threshold"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.panels.compactMap { panel in
            let description = panel.description
            guard [.stat, .gauge].contains(description.kind), description.objective == nil,
                description.thresholds.isEmpty, description.mappings.isEmpty, !description.showsChange,
                description.colours.isEmpty, description.queries.count == 1
            else { return nil }
            return panel.subject.finding(
                Self.self, .warning,
                "shows a bare number; wanted 'objective', 'thresholds', 'mappings' or 'change'")
        }
    }
}

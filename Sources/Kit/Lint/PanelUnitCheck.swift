import Packs

/// `panel/unit`: units are those that Grafana has; that every panel has one is checked when a pack is read.
enum PanelUnitCheck: LintCheck {
    static let name = "panel/unit"

    /// What Grafana takes with anything behind it: `suffix:tests`.
    private static let custom = [
        "prefix:", "suffix:", "time:", "si:", "count:", "currency:", "bool:",
    ]

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.panels.flatMap { panel in
            let description = panel.description
            let units =
                [description.unit] + description.queries.map(\.unit) + description.columns.map(\.unit)
            return units.compactMap(\.self).filter { !isKnown($0) }.map { unit in
                panel.subject.finding(
                    Self.self,
                    "has the unit '\(unit)', which Grafana has not"
                        + Nearest.hint(for: unit, among: GrafanaUnits.all))
            }
        }
    }

    private static func isKnown(_ unit: String) -> Bool {
        GrafanaUnits.all.contains(unit) || custom.contains { unit.hasPrefix($0) }
    }
}

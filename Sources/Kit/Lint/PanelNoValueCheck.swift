import Packs

/// `panel/no-value`: a panel says in `no_value` why it can be empty.
enum PanelNoValueCheck: LintCheck {
    static let name = "panel/no-value"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.panels.filter { $0.description.kind != .text && $0.description.noValue == "no data" }.map {
            panel in
            panel.subject.finding(
                Self.self, .warning, "has no 'no_value'; wanted why it can be empty")
        }
    }
}

import Packs

/// What dashboard-linter need not find fault with, and why.
enum LintFiles {
    private static let job = "series carry service and environment; job and instance name the sidecar"

    /// One file beside the boards of each folder.
    static func files(_ catalog: KitCatalog) -> [GeneratedFile] {
        Set(catalog.boards.map(\.head.folder)).sorted().map { folder in
            let boards = catalog.boards.filter { $0.head.folder == folder }
            return GeneratedFile(path: "Grafana/dashboards/\(folder)/.lint", text: text(boards))
        }
    }

    private static func text(_ boards: [KitCatalog.Board]) -> String {
        var yaml = YAMLText()
        yaml.key("exclusions", indent: 0)
        for rule in [
            "template-job-rule", "template-instance-rule", "target-job-rule", "target-instance-rule",
        ] {
            yaml.key(rule, indent: 2)
            yaml.pair("reason", job, indent: 4)
        }
        let fixed = boards.flatMap { board in
            board.rows.flatMap(\.panels).compactMap { panel in
                panel.fixedWindow.map { (board: board.head.title, panel: panel.title, reason: $0) }
            }
        }
        guard !fixed.isEmpty else { return yaml.text }
        yaml.key("target-rate-interval-rule", indent: 2)
        yaml.pair("reason", "these panels say why their window does not follow the zoom", indent: 4)
        yaml.key("entries", indent: 4)
        for entry in fixed {
            yaml.pair("- dashboard", entry.board, indent: 6)
            yaml.pair("panel", entry.panel, indent: 8)
            yaml.pair("reason", entry.reason, indent: 8)
        }
        return yaml.text
    }
}

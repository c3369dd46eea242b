import Packs

/// A folder of boards in Grafana; the same whether a file provisions it or somebody over HTTP.
package struct GrafanaFolder: Sendable, Equatable {
    /// As packs name it: `qa`.
    package let name: String

    /// Fixed, so that it is found again: `spanmeter-qa`.
    package var uid: String { "spanmeter-\(name)" }

    /// What people read: `QA`, `Executive`.
    package var title: String {
        if name == "qa" || name == "sre" { return name.uppercased() }
        return name.prefix(1).uppercased() + name.dropFirst().replacing("-", with: " ")
    }

    /// The folder of that name in packs.
    package init(name: String) {
        self.name = name
    }

    /// The folder of a board's file; nil for a file that is none.
    package init?(board file: GeneratedFile) {
        let parts = file.path.split(separator: "/")
        guard parts.count == 4, parts[0] == "Grafana", parts[1] == "dashboards" else { return nil }
        self.init(name: String(parts[2]))
    }

    /// Those that have boards, by name.
    static func folders(_ catalog: KitCatalog) -> [GrafanaFolder] {
        Set(catalog.boards.map(\.head.folder)).sorted().map { GrafanaFolder(name: $0) }
    }
}

/// A file that the kit consists of.
package struct GeneratedFile: Sendable, Equatable {
    /// From the top of the repository, with slashes: `Grafana/dashboards/qa/qa-test-engineer.json`.
    package let path: String
    package let text: String

    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

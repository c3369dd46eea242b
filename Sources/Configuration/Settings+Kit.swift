extension Settings {
    /// What `spanmeter generate` writes into rules and alerts.
    package struct Kit: Sendable, Equatable {
        /// The matchers of `$scope` in rules and alerts; may be empty.
        package var scope: String

        /// Where Grafana is, without a slash at its end.
        package var grafanaURL: String

        /// Where the runbooks are, without a slash at its end.
        package var runbookURL: String

        /// Describes what is written.
        package init(scope: String, grafanaURL: String, runbookURL: String) {
            self.scope = scope
            self.grafanaURL = grafanaURL
            self.runbookURL = runbookURL
        }

        init?(_ resolver: inout SettingsResolver) {
            let scope = resolver.value(Options.Kit.scope)
            let grafana = resolver.value(Options.Kit.grafanaURL)
            let runbooks = resolver.value(Options.Kit.runbookURL)
            guard let scope, let grafana, let runbooks else { return nil }
            self.init(
                scope: scope, grafanaURL: Self.withoutSlash(grafana), runbookURL: Self.withoutSlash(runbooks))
        }

        private static func withoutSlash(_ text: String) -> String {
            text.hasSuffix("/") ? String(text.dropLast()) : text
        }
    }
}

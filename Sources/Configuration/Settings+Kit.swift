extension Settings {
    /// What `spanmeter generate` writes into rules, alerts and routing.
    package struct Kit: Sendable, Equatable {
        /// The matchers of `$scope` in rules and alerts; may be empty.
        package var scope: String

        /// Where Grafana is, without a slash at its end.
        package var grafanaURL: String

        /// Where the runbooks are, without a slash at its end.
        package var runbookURL: String

        /// Whom Alertmanager tells, and by what.
        package var alerting: Alerting

        /// Whether Grafana gets alerts of its own, too.
        package var grafanaAlerting: Bool

        /// Describes what is written.
        package init(
            scope: String, grafanaURL: String, runbookURL: String, alerting: Alerting = Alerting(),
            grafanaAlerting: Bool = false
        ) {
            self.scope = scope
            self.grafanaURL = grafanaURL
            self.runbookURL = runbookURL
            self.alerting = alerting
            self.grafanaAlerting = grafanaAlerting
        }

        init?(_ resolver: inout SettingsResolver) {
            let scope = resolver.value(Options.Kit.scope)
            let grafana = resolver.value(Options.Kit.grafanaURL)
            let runbooks = resolver.value(Options.Kit.runbookURL)
            let alerting = Alerting(&resolver)
            let grafanaAlerting = resolver.value(Options.Kit.grafanaAlerting)
            guard let scope, let grafana, let runbooks, let alerting, let grafanaAlerting else { return nil }
            self.init(
                scope: scope, grafanaURL: Self.withoutSlash(grafana), runbookURL: Self.withoutSlash(runbooks),
                alerting: alerting, grafanaAlerting: grafanaAlerting)
        }

        static func withoutSlash(_ text: String) -> String {
            text.hasSuffix("/") ? String(text.dropLast()) : text
        }
    }
}

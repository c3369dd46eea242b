extension Options {
    /// What `spanmeter generate` writes into rules and alerts.
    package enum Kit {
        /// `$scope` of rules and alerts.
        package static let scope = ConfigurationOption<String>(
            "kit.scope", default: .constant(""),
            "The matchers that $scope stands for in rules and alerts, as environment=\"prod\"; empty for all series."
        )

        /// Where Grafana is.
        package static let grafanaURL = ConfigurationOption<String>(
            "kit.grafana_url", default: .constant("http://localhost:3000"),
            rangeText: "an address that begins with http:// or https://",
            isAllowed: { $0.hasPrefix("http://") || $0.hasPrefix("https://") },
            "Where Grafana is, for the links from alerts to boards."
        )

        /// Where the runbooks are.
        package static let runbookURL = ConfigurationOption<String>(
            "kit.runbook_url", default: .constant("PrometheusRules/runbooks"),
            rangeText: "an address, or a path in your repository",
            isAllowed: { !$0.isEmpty },
            "Where the runbooks are that alerts point to: the address of the folder that holds them."
        )

        /// Grafana's own alerts.
        package static let grafanaAlerting = ConfigurationOption(
            "kit.grafana_alerting", default: false,
            "Whether the alerts are written for Grafana, too, with contact points and policies, into "
                + "Grafana/provisioning/alerting; Prometheus then should not load spanmeter-alerts.yml."
        )

        static let declarations: [OptionDeclaration] =
            [scope.declaration, grafanaURL.declaration, runbookURL.declaration, grafanaAlerting.declaration]
            + Alerting.declarations
    }
}

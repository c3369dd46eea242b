import Configuration
import Packs

/// The alerts as Grafana evaluates and tells them itself, for teams that have no Alertmanager.
///
/// The same alerts, contact points and policies as those of Prometheus and Alertmanager, except that Grafana knows no
/// inhibition: a P0 does not mute the others of its service. The format is Grafana 12's file provisioning, where `$`
/// begins a variable everywhere but in annotations, templates and queries.
enum GrafanaAlertingFiles {
    static func files(_ catalog: KitCatalog, _ settings: Settings.Kit) -> [GeneratedFile] {
        guard settings.grafanaAlerting else { return [] }
        let receivers = AlertReceivers(catalog, settings)
        let folder = "Grafana/provisioning/alerting"
        return [
            GeneratedFile(
                path: "\(folder)/rules.yml",
                text: rules(RuleGroups(catalog, settings, texts: .grafana).alerting)),
            GeneratedFile(
                path: "\(folder)/contact-points.yml", text: GrafanaContactPoints(receivers: receivers).text),
            GeneratedFile(path: "\(folder)/policies.yml", text: policies(receivers)),
        ]
    }

    // MARK: Rules

    /// Longer ones are refused.
    private static let uidLengthMax = 40

    private static func rules(_ groups: [RuleGroup]) -> String {
        var yaml = YAMLText()
        yaml.line("apiVersion: 1", indent: 0)
        if groups.isEmpty {
            yaml.line("groups: []", indent: 0)
            return yaml.text
        }
        yaml.key("groups", indent: 0)
        for group in groups {
            yaml.line("- orgId: 1", indent: 2)
            yaml.pair("name", group.name, indent: 4)
            yaml.pair("folder", "Alerts of spanmeter", indent: 4)
            yaml.pair("interval", group.interval ?? "1m", indent: 4)
            yaml.key("rules", indent: 4)
            for rule in group.rules { write(rule, to: &yaml) }
        }
        return yaml.text
    }

    private static func write(_ rule: Rule, to yaml: inout YAMLText) {
        yaml.pair("- uid", String("spanmeter-\(rule.name)".prefix(uidLengthMax)), indent: 6)
        yaml.pair("title", rule.name, indent: 8)
        yaml.pair("condition", "B", indent: 8)
        yaml.key("data", indent: 8)
        yaml.lines(
            """
                      - refId: A
                        relativeTimeRange: { from: 600, to: 0 }
                        datasourceUid: prometheus
                        model:
                          refId: A
            """)
        yaml.pair("expr", rule.expression, indent: 14)
        // Every series that answers is an alert, whatever its value: 0 is one, too.
        yaml.lines(
            """
                          instant: true
                          range: false
                      - refId: B
                        datasourceUid: __expr__
                        model:
                          refId: B
                          type: math
                          expression: is_number($A)
                    noDataState: OK
                    execErrState: Error
            """)
        yaml.pair("for", rule.pending ?? "0s", indent: 8)
        if let keep = rule.keepFiringFor { yaml.pair("keepFiringFor", keep, indent: 8) }
        yaml.key("labels", indent: 8)
        for (name, value) in rule.labels { yaml.pair(name, escaped(value), indent: 10) }
        yaml.key("annotations", indent: 8)
        for (name, value) in rule.annotations { yaml.pair(name, value, indent: 10) }
    }

    // MARK: Policies

    private static func policies(_ receivers: AlertReceivers) -> String {
        var yaml = YAMLText()
        yaml.line("apiVersion: 1", indent: 0)
        yaml.key("muteTimes", indent: 0)
        yaml.line("- orgId: 1", indent: 2)
        yaml.pair("name", AlertPriority.offHours, indent: 4)
        AlertPriority.writeOffHours(receivers.settings, indent: 4, to: &yaml)
        yaml.key("policies", indent: 0)
        yaml.line("- orgId: 1", indent: 2)
        yaml.pair("receiver", AlertReceivers.name("P2", "sre"), indent: 4)
        yaml.line("group_by: [alertname, service]", indent: 4)
        yaml.key("routes", indent: 4)
        if receivers.settings.heartbeatURL != nil {
            route(("severity", "heartbeat"), to: AlertReceivers.heartbeat, indent: 6, &yaml)
            yaml.lines("        group_by: [alertname]\n        group_wait: 0s\n        group_interval: 1m")
            yaml.line("repeat_interval: 5m", indent: 8)
        }
        for priority in AlertPriority.all {
            route(
                ("severity", priority.severity), to: AlertReceivers.name(priority.severity, "sre"), indent: 6,
                &yaml)
            yaml.line("group_by: [\(priority.groupBy.joined(separator: ", "))]", indent: 8)
            yaml.pair("group_wait", priority.wait, indent: 8)
            yaml.pair("group_interval", priority.interval, indent: 8)
            yaml.pair("repeat_interval", priority.repetition, indent: 8)
            mute(priority, indent: 8, &yaml)
            yaml.key("routes", indent: 8)
            for audience in receivers.audiences {
                route(
                    ("audience", audience), to: AlertReceivers.name(priority.severity, audience), indent: 10,
                    &yaml)
                mute(priority, indent: 12, &yaml)
            }
        }
        return yaml.text
    }

    private static func route(
        _ matcher: (label: String, value: String), to receiver: String, indent: Int, _ yaml: inout YAMLText
    ) {
        yaml.pair("- receiver", receiver, indent: indent)
        yaml.line("object_matchers: [['\(matcher.label)', '=', '\(matcher.value)']]", indent: indent + 2)
    }

    private static func mute(_ priority: AlertPriority, indent: Int, _ yaml: inout YAMLText) {
        if priority.inWorkHours {
            yaml.line("mute_time_intervals: [\(AlertPriority.offHours)]", indent: indent)
        }
    }

    /// As Grafana reads a text in which it replaces variables.
    static func escaped(_ text: String) -> String { text.replacing("$", with: "$$") }
}

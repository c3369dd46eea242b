import Configuration
import Packs

/// Routing by priority, then audience.
enum AlertmanagerFiles {
    /// Alertmanager's configuration and the texts of its messages.
    static func files(_ catalog: KitCatalog, _ settings: Settings.Kit) -> [GeneratedFile] {
        [
            GeneratedFile(
                path: "Compose/alertmanager/alertmanager.yml",
                text: configuration(AlertReceivers(catalog, settings))),
            GeneratedFile(
                path: "Compose/alertmanager/templates/spanmeter.tmpl", text: MessageTemplates.text),
        ]
    }

    private static func configuration(_ receivers: AlertReceivers) -> String {
        var yaml = YAMLText()
        global(receivers, to: &yaml)
        yaml.line("templates: [templates/*.tmpl]", indent: 0)
        routes(receivers, to: &yaml)
        hours(receivers.settings, to: &yaml)
        yaml.lines(
            """
            inhibit_rules:
              # Without the matchers of service, alerts that have none would mute one another.
              - source_matchers: ['severity="P0"', 'service=~".+"']
                target_matchers: ['severity=~"P[123]"', 'service=~".+"']
                equal: [service]
            """)
        receivers.write(to: &yaml)
        return yaml.text
    }

    private static func global(_ receivers: AlertReceivers, to yaml: inout YAMLText) {
        let settings = receivers.settings
        yaml.key("global", indent: 0)
        yaml.pair("smtp_smarthost", settings.smtp, indent: 2)
        yaml.pair("smtp_from", settings.emailFrom, indent: 2)
        yaml.line("smtp_require_tls: \(settings.smtpTLS)", indent: 2)
        if let user = settings.smtpUser {
            yaml.pair("smtp_auth_username", user, indent: 2)
            yaml.pair("smtp_auth_password_file", receivers.secret("smtp_password"), indent: 2)
        }
    }

    private static func routes(_ receivers: AlertReceivers, to yaml: inout YAMLText) {
        yaml.key("route", indent: 0)
        yaml.pair("receiver", AlertReceivers.name("P2", "sre"), indent: 2)
        yaml.line("group_by: [alertname, service]", indent: 2)
        yaml.key("routes", indent: 2)
        yaml.line("- matchers: ['severity=\"heartbeat\"']", indent: 4)
        yaml.pair("receiver", AlertReceivers.heartbeat, indent: 6)
        yaml.lines("      group_by: [alertname]\n      group_wait: 0s\n      group_interval: 1m")
        yaml.line("repeat_interval: 5m", indent: 6)
        for priority in AlertPriority.all {
            yaml.line("- matchers: ['severity=\"\(priority.severity)\"']", indent: 4)
            yaml.pair("receiver", AlertReceivers.name(priority.severity, "sre"), indent: 6)
            yaml.line("group_by: [\(priority.groupBy.joined(separator: ", "))]", indent: 6)
            yaml.pair("group_wait", priority.wait, indent: 6)
            yaml.pair("group_interval", priority.interval, indent: 6)
            yaml.pair("repeat_interval", priority.repetition, indent: 6)
            mute(priority, indent: 6, to: &yaml)
            yaml.key("routes", indent: 6)
            for audience in receivers.audiences {
                yaml.line("- matchers: ['audience=\"\(audience)\"']", indent: 8)
                yaml.pair("receiver", AlertReceivers.name(priority.severity, audience), indent: 10)
                mute(priority, indent: 10, to: &yaml)
            }
        }
    }

    /// Routes do not inherit what mutes them.
    private static func mute(_ priority: AlertPriority, indent: Int, to yaml: inout YAMLText) {
        if priority.inWorkHours {
            yaml.line("mute_time_intervals: [\(AlertPriority.offHours)]", indent: indent)
        }
    }

    private static func hours(_ settings: Settings.Kit.Alerting, to yaml: inout YAMLText) {
        yaml.key("time_intervals", indent: 0)
        yaml.pair("- name", AlertPriority.offHours, indent: 2)
        AlertPriority.writeOffHours(settings, indent: 4, to: &yaml)
    }
}

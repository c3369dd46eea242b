import Configuration
import Packs

/// The rules of Prometheus.
enum RuleFiles {
    /// Recording rules and alerts, in the order of the packs.
    static func files(_ catalog: KitCatalog, _ settings: Settings.Kit) -> [GeneratedFile] {
        let groups = RuleGroups(catalog, settings)
        return [
            GeneratedFile(
                path: "PrometheusRules/spanmeter-recording.yml", text: text(groups.recording)),
            GeneratedFile(path: "PrometheusRules/spanmeter-alerts.yml", text: text(groups.alerting)),
        ]
    }

    private static func text(_ groups: [RuleGroup]) -> String {
        var yaml = YAMLText()
        if groups.isEmpty {
            yaml.line("groups: []", indent: 0)
            return yaml.text
        }
        yaml.key("groups", indent: 0)
        for group in groups {
            yaml.pair("- name", group.name, indent: 2)
            if let interval = group.interval { yaml.pair("interval", interval, indent: 4) }
            yaml.key("rules", indent: 4)
            for rule in group.rules { write(rule, to: &yaml) }
        }
        return yaml.text
    }

    private static func write(_ rule: Rule, to yaml: inout YAMLText) {
        yaml.pair(rule.isAlert ? "- alert" : "- record", rule.name, indent: 6)
        yaml.pair("expr", rule.expression, indent: 8)
        if let pending = rule.pending { yaml.pair("for", pending, indent: 8) }
        if let keep = rule.keepFiringFor { yaml.pair("keep_firing_for", keep, indent: 8) }
        for (key, pairs) in [("labels", rule.labels), ("annotations", rule.annotations)] where !pairs.isEmpty
        {
            yaml.key(key, indent: 8)
            for (name, value) in pairs { yaml.pair(name, value, indent: 10) }
        }
    }
}

/// Rules that Prometheus evaluates one after another.
struct RuleGroup {
    let name: String
    let interval: String?
    let rules: [Rule]
}

/// A rule as Prometheus reads it.
struct Rule {
    let name: String
    let isAlert: Bool
    let expression: String
    var pending: String?
    var keepFiringFor: String?
    var labels: [(name: String, value: String)] = []
    var annotations: [(name: String, value: String)] = []
}

import Configuration

/// How soon and how often alerts of a severity are told.
struct AlertPriority {
    let severity: String
    let groupBy: [String]
    let wait: String
    let interval: String
    let repetition: String
    var inWorkHours = false

    // A digest is due again just before the day is over, else it would wait for the next one.
    static let all = [
        AlertPriority(
            severity: "P0", groupBy: ["alertname", "service"], wait: "0s", interval: "1m", repetition: "1h"),
        AlertPriority(
            severity: "P1", groupBy: ["alertname", "service"], wait: "30s", interval: "5m", repetition: "4h"),
        AlertPriority(
            severity: "P2", groupBy: ["alertname", "service"], wait: "1m", interval: "15m", repetition: "24h",
            inWorkHours: true),
        AlertPriority(
            severity: "P3", groupBy: ["audience"], wait: "5m", interval: "24h", repetition: "23h"),
    ]

    /// The name of the time in which P2 waits.
    static let offHours = "off-hours"

    /// Writes `time_intervals`: before and behind the work of a day, since no range may cross midnight; and weekends.
    static func writeOffHours(_ settings: Settings.Kit.Alerting, indent: Int, to yaml: inout YAMLText) {
        let ranges = [("00:00", settings.workHours.start), (settings.workHours.end, "24:00")]
            .filter { $0 != $1 }
        yaml.key("time_intervals", indent: indent)
        if !ranges.isEmpty {
            yaml.line("- weekdays: ['monday:friday']", indent: indent + 2)
            yaml.pair("location", settings.timeZone, indent: indent + 4)
            yaml.key("times", indent: indent + 4)
            for (start, end) in ranges {
                yaml.line("- { start_time: '\(start)', end_time: '\(end)' }", indent: indent + 6)
            }
        }
        yaml.line("- weekdays: [saturday, sunday]", indent: indent + 2)
        yaml.pair("location", settings.timeZone, indent: indent + 4)
    }
}

import Yams

/// Reads a pack's `rules` and `alerts`.
struct RuleReader {
    /// The recording rules of `node`.
    static func rules(_ node: Node, _ document: inout YAMLDocument) -> [RuleDescription] {
        document.elements(node, "'rules'").map { element in
            var parts = KeyedNode(
                element, "a rule", keys: ["record", "expr", "labels", "interval", "lint"], &document)
            let record = parts.text("record", for: "the name of what it records", &document)
            parts.what = "rule '\(record)'"
            if !record.isEmpty, record.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) == nil {
                document.report(parts["record"], "\(parts.what) is no name of a metric")
            }
            return RuleDescription(
                record: record, expression: parts.text("expr", for: "what it records", &document),
                labels: labels(parts, &document), interval: parts.duration("interval", &document),
                excuses: parts.excuses(&document), place: document.place(element)
            )
        }
    }

    private static let alertKeys = [
        "alert", "expr", "for", "keep_firing_for", "severity", "audience", "team", "labels", "summary",
        "description", "value", "threshold", "impact", "action", "board", "runbook", "lint",
    ]

    /// The alerts of `node`.
    static func alerts(_ node: Node, _ document: inout YAMLDocument) -> [AlertDescription] {
        document.elements(node, "'alerts'").map { alert($0, &document) }
    }

    private static func alert(_ node: Node, _ document: inout YAMLDocument) -> AlertDescription {
        var parts = KeyedNode(node, "an alert", keys: alertKeys, &document)
        let name = parts.text("alert", for: "its name", &document)
        parts.what = "alert '\(name)'"
        if !name.isEmpty, name.wholeMatch(of: /[A-Z][a-zA-Z0-9]*/) == nil {
            document.report(parts["alert"], "\(parts.what) is no name in CamelCase")
        }
        if parts["severity"] == nil {
            document.report(node, "\(parts.what) has no 'severity': how soon somebody has to respond")
        }
        return AlertDescription(
            name: name,
            expression: parts.text("expr", for: "when it fires", &document),
            pending: parts.duration("for", &document) ?? "0m",
            keepFiringFor: parts.duration("keep_firing_for", &document),
            severity: parts.choice("severity", AlertDescription.Severity.self, &document) ?? .p3,
            audience: parts.text("audience", for: "who it is for", &document),
            team: parts.text("team", &document),
            labels: labels(parts, &document),
            summary: parts.text("summary", for: "one sentence", &document),
            description: parts.text("description", for: "the value, the threshold, whose it is", &document),
            value: parts.text("value", &document),
            threshold: parts.text("threshold", &document),
            impact: parts.text("impact", for: "what happens if nobody does anything", &document),
            action: parts.text("action", for: "what to do first", &document),
            board: parts.text("board", for: "where to look", &document),
            runbook: runbook(parts, node, &document),
            saysPending: parts["for"] != nil, excuses: parts.excuses(&document),
            place: document.place(node)
        )
    }

    private static func runbook(
        _ alert: KeyedNode, _ node: Node, _ document: inout YAMLDocument
    ) -> AlertDescription.Runbook {
        guard let runbook = alert["runbook"] else {
            document.report(node, "\(alert.what) has no 'runbook': meaning, checks and actions")
            return AlertDescription.Runbook(meaning: "", checks: [], actions: "")
        }
        let parts = KeyedNode(
            runbook, "'runbook' of \(alert.what)", keys: ["meaning", "checks", "actions"], &document)
        let checks = parts.texts("checks", &document)
        if checks.count < 3 {
            document.report(runbook, "\(parts.what) has \(checks.count) checks, the first 3 were wanted")
        }
        return AlertDescription.Runbook(
            meaning: parts.text("meaning", for: "what it says", &document), checks: checks,
            actions: parts.text("actions", for: "what helps", &document)
        )
    }

    private static func labels(_ parts: KeyedNode, _ document: inout YAMLDocument) -> [String: String] {
        guard let node = parts["labels"] else { return [:] }
        var labels: [String: String] = [:]
        for (key, name, value) in document.pairs(node, "'labels' of \(parts.what)") {
            guard MeterReader.labelName(name, key, &document) != nil else { continue }
            labels[name] = document.text(value, "label '\(name)' of \(parts.what)")
        }
        return labels
    }
}

import Yams

/// Reads a pack's `objectives`.
struct ObjectiveReader {
    private static let keys =
        ["description", "comparison", "unit", "value", "events", "audience", "board", "lint"]
        + Objective.Bound.allCases.map(\.rawValue)

    /// The objectives of `node`, broken ones left out.
    static func objectives(_ node: Node, _ document: inout YAMLDocument) -> [Objective] {
        document.pairs(node, "'objectives'").compactMap { key, name, value in
            objective(name, key, value, &document)
        }
    }

    private static func objective(
        _ name: String, _ key: Node, _ node: Node, _ document: inout YAMLDocument
    ) -> Objective? {
        let parts = KeyedNode(node, "objective '\(name)'", keys: keys, &document)
        if name.wholeMatch(of: /[a-z][a-z0-9_]*/) == nil {
            document.report(key, "objective '\(name)' is no name of small letters, digits and underscores")
        }
        var bounds: [Objective.Bound: Double] = [:]
        for bound in Objective.Bound.allCases {
            bounds[bound] = parts.number(bound.rawValue, &document)
        }
        let comparison = parts.choice("comparison", Objective.Comparison.self, &document) ?? .atLeast
        let wanted: [Objective.Bound] = comparison == .between ? [.min, .max] : [.target]
        for bound in wanted where parts[bound.rawValue] == nil {
            document.report(key, "objective '\(name)' has no '\(bound.rawValue)'")
        }
        let events = parts["events"].flatMap { self.events($0, name, &document) }
        return Objective(
            name: name,
            description: parts.text("description", for: "what does it promise", &document),
            comparison: comparison, unit: parts.text("unit", &document),
            bounds: Objective.completed(bounds),
            value: parts.text("value", &document), events: events,
            audience: parts.text("audience", &document) ?? "sre",
            board: parts.text("board", &document),
            excuses: parts.excuses(&document), place: document.place(key)
        )
    }

    private static func events(
        _ node: Node, _ name: String, _ document: inout YAMLDocument
    ) -> Objective.Events? {
        let keys = ["bad", "good", "total", "count_min"]
        let parts = KeyedNode(node, "'events' of objective '\(name)'", keys: keys, &document)
        let bad = parts.text("bad", &document)
        let good = parts.text("good", &document)
        let total = parts.text("total", for: "of which all are a part", &document)
        let count = parts.integer("count_min", in: 1...1_000_000, &document) ?? 20
        for text in [bad, good, total].compactMap(\.self) where !text.contains("[$window]") && !text.isEmpty {
            document.report(node, "\(parts.what) has an expression without '[$window]'")
        }
        switch (bad, good) {
        case (let bad?, nil): return Objective.Events(part: .bad(bad), total: total, countMin: count)
        case (nil, let good?): return Objective.Events(part: .good(good), total: total, countMin: count)
        default:
            document.report(node, "\(parts.what) needs one of 'bad' and 'good'")
            return nil
        }
    }
}

/// How values are shown, and what is different for some of them.
struct FieldConfig {
    var defaults = Defaults()
    var overrides: [Override] = []

    /// How all values are shown that no override names.
    struct Defaults {
        var unit: String?
        var decimals: Int?
        var min: Double?
        var max: Double?
        var noValue: String?
        var color: FieldColor = .thresholds
        var mappings: [ValueMapping] = []
        var thresholds: [ThresholdStep] = [ThresholdStep(value: nil, color: "green")]
        var links: [PanelLink] = []
        /// What a kind of panel adds; nil for those that have nothing of their own.
        var custom: JSON?
    }

    /// What is different for the fields of one name, or of one query.
    struct Override {
        enum Matcher {
            case name(String)
            case query(String)
        }

        let matcher: Matcher
        let properties: [(id: String, value: JSON)]
    }

    var json: JSON {
        [
            "defaults": defaults.json,
            "overrides": .list(overrides.map(\.json)),
        ]
    }
}

extension FieldConfig.Defaults {
    var json: JSON {
        [
            "unit": unit.map { .text($0) },
            "decimals": decimals.map { JSON($0) },
            "min": min.map { .number($0) },
            "max": max.map { .number($0) },
            "mappings": .list(mappings.enumerated().map { $1.json(index: $0) }),
            "thresholds": ThresholdStep.json(thresholds),
            "color": color.json,
            "links": .list(links.map(\.json)),
            "noValue": noValue.map { .text($0) },
            "custom": custom,
        ]
    }
}

extension FieldConfig.Override {
    var json: JSON {
        let matcher: JSON =
            switch matcher {
            case .name(let name): ["id": "byName", "options": .text(name)]
            case .query(let refID): ["id": "byFrameRefID", "options": .text(refID)]
            }
        return [
            "matcher": matcher,
            "properties": .list(properties.map { ["id": .text($0.id), "value": $0.value] }),
        ]
    }
}

/// Where a colour begins.
struct ThresholdStep {
    /// nil for the lowest.
    let value: Double?
    let color: String

    static func json(_ steps: [ThresholdStep]) -> JSON {
        [
            "mode": "absolute",
            "steps": .list(
                steps.map { ["value": $0.value.map { .number($0) } ?? .null, "color": .text($0.color)] }),
        ]
    }
}

/// What colour a field has.
enum FieldColor {
    case thresholds
    case fixed(String)
    case paletteClassic

    var json: JSON {
        switch self {
        case .thresholds: ["mode": "thresholds"]
        case .fixed(let color): ["mode": "fixed", "fixedColor": .text(color)]
        case .paletteClassic: ["mode": "palette-classic"]
        }
    }
}

/// What a value is shown as.
struct ValueMapping {
    enum Match {
        case value(String)
        case range(Double, Double)
    }

    let match: Match
    let text: String?
    let color: String?

    func json(index: Int) -> JSON {
        let result: JSON = [
            "text": text.map { .text($0) }, "color": color.map { .text($0) }, "index": JSON(index),
        ]
        switch match {
        case .value(let value):
            return ["type": "value", "options": .object([JSON.Member(name: value, value: result)])]
        case .range(let from, let to):
            return [
                "type": "range", "options": ["from": .number(from), "to": .number(to), "result": result],
            ]
        }
    }
}

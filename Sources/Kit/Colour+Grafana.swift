import Packs

extension Colour {
    /// As Grafana's palette calls it.
    var grafana: String {
        switch self {
        case .amber: "orange"
        case .grey: "#8e8e8e"
        default: rawValue
        }
    }
}

extension PanelDescription.Threshold {
    var step: ThresholdStep { ThresholdStep(value: value, color: colour.grafana) }
}

extension PanelDescription.Mapping {
    var valueMapping: ValueMapping {
        let match: ValueMapping.Match =
            switch match {
            case .value(let value): .value(value)
            case .range(let from, let to): .range(from, to)
            }
        return ValueMapping(match: match, text: text, color: colour?.grafana)
    }
}

import Packs

/// The colour of a value as a query: Grafana's thresholds cannot read a metric, so 1 is green, 0.5 amber, 0 red.
enum ObjectiveState {
    /// The state of `value`; without a value, also where it is NaN, there is none.
    static func expression(_ objective: Objective, of value: String, _ expansion: Expansion) -> String {
        let present = "((\(value)) > -Inf)"
        func bound(_ bound: Objective.Bound) -> String { expansion.objective(objective.name, bound) }
        switch objective.comparison {
        case .atLeast:
            return "(\(present) >= bool \(bound(.amber))) / 2 + (\(present) >= bool \(bound(.red))) / 2"
        case .atMost:
            return "(\(present) <= bool \(bound(.amber))) / 2 + (\(present) <= bool \(bound(.red))) / 2"
        case .between:
            return "(\(present) >= bool \(bound(.min))) * (\(present) <= bool \(bound(.max)))"
        }
    }

    static let mappings = [
        ValueMapping(match: .value("1"), text: "on target", color: Colour.green.grafana),
        ValueMapping(match: .value("0.5"), text: "near target", color: Colour.amber.grafana),
        ValueMapping(match: .value("0"), text: "off target", color: Colour.red.grafana),
    ]
}

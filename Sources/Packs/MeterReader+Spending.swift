import MetricModel
import Yams

extension MeterReader {
    /// What a meter's `spends` adds up by calendar days, in USD; it stands alone, because its series are not those of
    /// other instruments.
    func spending(
        _ node: Node, besides others: [MeterInstrument], _ document: inout YAMLDocument
    ) -> [MeterInstrument] {
        if !others.isEmpty {
            document.report(node, "'spends' stands beside other instruments: give it a meter of its own")
            return []
        }
        guard let amount = expressions.expression(node, "'spends'", &document),
            let name = try? MetricName("spent_usd")
        else { return [] }
        return [
            MeterInstrument(
                instrument: Instrument(metric: name, kind: .daily), help: "Cost by days.", amount: amount)
        ]
    }

    /// Days are the only labels besides service and environment.
    func spendingLabels(
        _ parts: [String: Node], _ what: String, _ document: inout YAMLDocument
    ) -> [MeterLabel] {
        for key in ["labels", "dimensions"] where parts[key] != nil {
            document.report(
                parts[key], "\(what) has '\(key)' beside 'spends', which is added up by service and day alone"
            )
        }
        guard let day = try? LabelName("day") else { return [] }
        return [MeterLabel(name: day, value: .intrinsic(.day))]
    }
}

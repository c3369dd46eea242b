import MetricModel
import Yams

/// Reads an element of a pack's `meters` that shows figures of the ledger.
struct GaugeReader {
    let pack: String
    let options: [String: OptionValue]
    private var names: Set<String> = []
    /// The figure that is 1 for as long as its labels say how things are.
    private static let infoFigure = "info"

    init(pack: String, options: [String: OptionValue]) {
        self.pack = pack
        self.options = options
    }

    /// Whether the meter of `node` is one of these.
    static func takes(_ node: Node) -> Bool { node.mapping?["from"]?.scalar?.string == "ledger" }

    /// The meter of `node`; nil where it is broken or its `option` is not the one in force.
    mutating func meter(_ node: Node, _ document: inout YAMLDocument) -> GaugeMeter? {
        let keys = ["meter", "option", "from", "per", "labels", "gauges"]
        let parts = Dictionary(
            document.pairs(node, "a meter", allowed: keys).map { ($0.name, $0.value) }
        ) { first, _ in first }
        let short = parts["meter"].flatMap { document.text($0, "'meter'") } ?? ""
        let what = "meter '\(short)'"
        if short.isEmpty { document.report(node, "a meter from the ledger has no 'meter': it needs a name") }
        guard let subject = subject(parts["per"], node, what, &document) else { return nil }
        let labels = self.labels(parts["labels"], node, subject, what, &document)
        var gauges: [GaugeMeter.Gauge] = []
        if let list = parts["gauges"] {
            for (key, metric, value) in document.pairs(list, "'gauges' of \(what)") {
                gauges += self.gauges(key, metric, value, subject, labels.map(\.name.text), &document)
            }
        }
        if gauges.isEmpty { document.report(node, "\(what) has no 'gauges': what does it show") }
        if gauges.count > SeriesTableLayout.instrumentCountMax {
            document.report(
                node,
                "\(what) has \(gauges.count) gauges, \(SeriesTableLayout.instrumentCountMax) are the most")
        }
        guard MeterReader.isInForce(parts["option"], what, options, &document) else { return nil }
        if !names.insert(short).inserted {
            document.report(node, "\(what) is there twice: give it another 'meter' name")
        }
        return GaugeMeter(name: "\(pack)/\(short)", subject: subject, labels: labels, gauges: gauges)
    }

    private func subject(
        _ per: Node?, _ node: Node, _ what: String, _ document: inout YAMLDocument
    ) -> LedgerSubject? {
        let known = LedgerSubject.allCases.map(\.rawValue).joined(separator: ", ")
        guard let per else {
            document.report(node, "\(what) has no 'per': what are its figures of (\(known))")
            return nil
        }
        guard let text = document.text(per, "'per' of \(what)") else { return nil }
        guard let subject = LedgerSubject(rawValue: text) else {
            document.report(per, "'per' of \(what) is '\(text)', wanted one of \(known)")
            return nil
        }
        return subject
    }

    /// Every label of the subject has to be there: two rows that differ in one alone would be the same series.
    private func labels(
        _ list: Node?, _ node: Node, _ subject: LedgerSubject, _ what: String, _ document: inout YAMLDocument
    ) -> [GaugeMeter.Label] {
        let own = ["service", "environment"]
        var labels: [GaugeMeter.Label] = []
        for (column, name) in own.enumerated() {
            if let name = try? LabelName(name) { labels.append(GaugeMeter.Label(name: name, column: column)) }
        }
        var missing = subject.labels
        if let list {
            for (key, text, value) in document.pairs(list, "'labels' of \(what)") {
                guard let of = document.text(value, "label '\(text)' of \(what)") else { continue }
                guard let column = subject.labels.firstIndex(of: of) else {
                    document.report(
                        value,
                        "label '\(text)' of \(what) is '\(of)', which a \(subject.rawValue) of the ledger does not have"
                    )
                    continue
                }
                missing.removeAll { $0 == of }
                do throws(NameError) {
                    let name = try LabelName(text)
                    if labels.contains(where: { $0.name == name }) {
                        document.report(key, "\(what) has the label '\(text)' twice")
                    }
                    labels.append(GaugeMeter.Label(name: name, column: own.count + column))
                } catch {
                    document.report(key, error.message)
                }
            }
        }
        if !missing.isEmpty {
            document.report(
                node,
                "\(what) has no label that is '\(missing.joined(separator: "' and '"))', its series would meet"
            )
        }
        return labels
    }

    private func gauges(
        _ key: Node, _ metric: String, _ value: Node, _ subject: LedgerSubject, _ labels: [String],
        _ document: inout YAMLDocument
    ) -> [GaugeMeter.Gauge] {
        let name: MetricName
        do throws(NameError) {
            name = try MetricName(metric)
        } catch {
            document.report(key, error.message)
            return []
        }
        MeterReader.checkPrefix(metric, key, &document)
        let parts = Dictionary(
            document.pairs(value, "'\(metric)'", allowed: ["of", "by", "help"]).map { ($0.name, $0.value) }
        ) { first, _ in first }
        let isInfo = parts["of"]?.scalar?.string == Self.infoFigure
        for suffix in ["_total", "_bucket", "_count", "_sum"] + (isInfo ? [] : ["_info"])
        where metric.hasSuffix(suffix) {
            document.report(key, "gauge '\(metric)' ends with '\(suffix)', which other types have")
        }
        if isInfo, !metric.hasSuffix("_info") {
            document.report(key, "info '\(metric)' does not end with '_info'")
        }
        let help =
            parts["help"].flatMap { document.text($0, "'help' of '\(metric)'") } ?? "From pack \(pack)."
        guard let of = parts["of"] else {
            document.report(key, "'\(metric)' has no 'of': which figure does it show")
            return []
        }
        guard let by = parts["by"] else {
            guard let figure = figure(of, metric, subject, &document) else { return [] }
            let instrument = Instrument(metric: name, kind: isInfo ? .info : .gauge)
            return [GaugeMeter.Gauge(instrument: instrument, help: help, figure: figure)]
        }
        guard let text = document.text(by, "'by' of '\(metric)'"),
            let label = MeterReader.labelName(text, by, &document)
        else { return [] }
        if labels.contains(text) {
            document.report(
                by, "'by' of '\(metric)' is the label '\(text)', which its series have already")
        }
        return document.pairs(of, "'of' of '\(metric)'").compactMap { _, value, node in
            guard let figure = figure(node, metric, subject, &document) else { return nil }
            let instrument = Instrument(
                metric: name, kind: .gauge, fixedLabel: FixedLabel(name: label, value: value))
            return GaugeMeter.Gauge(instrument: instrument, help: help, figure: figure)
        }
    }

    private func figure(
        _ node: Node, _ metric: String, _ subject: LedgerSubject, _ document: inout YAMLDocument
    ) -> String? {
        guard let figure = document.text(node, "'of' of '\(metric)'") else { return nil }
        if subject.figures.contains(figure) { return figure }
        let hint = Nearest.name(to: figure, among: subject.figures).map { "; did you mean '\($0)'" } ?? ""
        document.report(
            node,
            "'\(metric)' is '\(figure)', which the ledger does not know of a \(subject.rawValue)\(hint)"
                + " (known: \(subject.figures.joined(separator: ", ")))")
        return nil
    }
}

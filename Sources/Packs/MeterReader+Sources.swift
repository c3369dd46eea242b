import MetricModel
import Yams

extension MeterReader {
    /// What the meter counts; nil, with a problem, where `from` says nothing known.
    func source(_ node: Node?, _ what: String, _ document: inout YAMLDocument) -> MeterSource? {
        guard let node else { return .spans }
        guard let text = document.text(node, "'from' of \(what)") else { return nil }
        if let source = MeterSource(rawValue: text) { return source }
        let known = MeterSource.allCases.map(\.rawValue) + ["ledger"]
        document.report(
            node, "'from' of \(what) is '\(text)', wanted one of \(known.joined(separator: ", "))")
        return nil
    }

    /// Which spans the meter takes; results of folds need no `on`.
    func selector(
        _ on: Node?, _ source: MeterSource, _ node: Node, _ what: String, _ document: inout YAMLDocument
    ) -> Expression? {
        if source == .spans {
            guard let on else {
                document.report(node, "\(what) has no 'on': which spans does it count")
                return nil
            }
            return expressions.selector(on, "'on' of \(what)", &document)
        }
        // Spans of our own say what they are of by their attributes.
        let mark = Expression.has(.attributes([source.prefix + "service"]))
        guard let on else { return mark }
        guard let selector = expressions.selector(on, "'on' of \(what)", &document) else { return nil }
        if case .all(let parts) = selector { return .all([mark] + parts) }
        return .all([mark, selector])
    }

    /// Results of folds have the attributes of their kind and no others.
    func checkAttributes(_ meter: Meter, _ node: Node, _ document: inout YAMLDocument) {
        guard meter.source != .spans else { return }
        let known = meter.source.attributes
        let read = [meter.selector] + meter.labels.map(\.value) + meter.instruments.map(\.amount)
        var reported: Set<String> = []
        for key in read.flatMap(\.attributeKeys)
        where !known.contains(key) && reported.insert(key).inserted {
            let hint = Nearest.name(to: key, among: known).map { "; did you mean '\($0)'" } ?? ""
            document.report(
                node,
                "meter '\(meter.name)' reads '\(key)', which \(meter.source.rawValue) do not have\(hint)"
                    + " (known: \(known.joined(separator: ", ")))")
        }
    }
}

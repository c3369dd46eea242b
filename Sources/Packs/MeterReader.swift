import MetricModel
import Yams

/// Reads one element of a pack's `meters`.
struct MeterReader {
    let pack: String
    let expressions: ExpressionReader
    let buckets: [String: [Double]]
    let options: [String: OptionValue]
    private var names: Set<String> = []

    init(
        pack: String, expressions: ExpressionReader, buckets: [String: [Double]],
        options: [String: OptionValue]
    ) {
        self.pack = pack
        self.expressions = expressions
        self.buckets = buckets
        self.options = options
    }

    /// Labels that every series has, or that the exposition needs for itself.
    private static let reserved: Set<String> = [
        "service", "environment", "le", "quantile", "otel_metric_overflow",
    ]

    /// The meter of `node`; nil where it is broken or its `option` is not the one in force.
    mutating func meter(_ node: Node, _ document: inout YAMLDocument) -> Meter? {
        let keys = [
            "meter", "option", "from", "on", "each", "service", "labels", "dimensions", "counters",
            "histograms", "infos", "spends",
        ]
        let parts = Dictionary(
            document.pairs(node, "a meter", allowed: keys).map { ($0.name, $0.value) }
        ) { first, _ in first }
        var instruments: [MeterInstrument] = []
        var metricCount = 0
        for key in ["counters", "histograms", "infos"] {
            guard let list = parts[key] else { continue }
            for (name, metric, value) in document.pairs(list, "'\(key)'") {
                metricCount += 1
                instruments += self.instruments(key, name, metric, value, &document)
            }
        }
        if let spent = parts["spends"] {
            metricCount += 1
            instruments += spending(spent, besides: instruments, &document)
        }
        let short =
            parts["meter"].flatMap { document.text($0, "'meter'") }
            ?? instruments.first?.instrument.metric.text ?? "?"
        let what = "meter '\(short)'"
        if metricCount == 0 {
            document.report(node, "\(what) has no instrument ('counters', 'histograms', 'infos' or 'spends')")
        }
        if instruments.count > SeriesTableLayout.instrumentCountMax {
            document.report(
                node,
                "\(what) has \(instruments.count) instruments, \(SeriesTableLayout.instrumentCountMax) are the most"
            )
            return nil
        }
        guard let source = source(parts["from"], what, &document),
            let selector = selector(parts["on"], source, node, what, &document)
        else { return nil }
        var labels = self.labels(parts, source, what, &document)
        if labels.count > RowKey.columnCountMax {
            document.report(node, "\(what) has \(labels.count) labels, \(RowKey.columnCountMax) are the most")
            return nil
        }
        if parts["spends"] != nil { labels += spendingLabels(parts, what, &document) }
        checkFixedLabels(parts, labels, &document)
        guard Self.isInForce(parts["option"], what, options, &document) else { return nil }
        if !names.insert(short).inserted {
            document.report(node, "\(what) is there twice: give it another 'meter' name")
        }
        let each = parts["each"].flatMap { document.text($0, "'each' of \(what)") }
        if each != nil, source != .spans {
            document.report(parts["each"], "\(what) has 'each', but results have no events")
        }
        let meter = Meter(
            name: "\(pack)/\(short)", source: source, selector: selector,
            each: each.map { TextPattern($0) }, labels: labels, instruments: instruments)
        checkAttributes(meter, node, &document)
        return meter
    }

    /// Whether the `option` of a meter or fold is the one in force.
    static func isInForce(
        _ node: Node?, _ what: String, _ options: [String: OptionValue], _ document: inout YAMLDocument
    ) -> Bool {
        guard let node else { return true }
        for (key, name, value) in document.pairs(node, "'option' of \(what)") {
            guard let current = options[name] else {
                document.report(key, "\(what) asks for option '\(name)', which the pack does not declare")
                return false
            }
            if current != .text(value.scalar?.string ?? "") { return false }
        }
        return true
    }

    private func labels(
        _ parts: [String: Node], _ source: MeterSource, _ what: String, _ document: inout YAMLDocument
    ) -> [MeterLabel] {
        var labels: [MeterLabel] = []
        for name in ["service", "environment"] {
            guard let number = expressions.names.fields[name] else { continue }
            let value: Expression = source == .spans ? .field(number) : .attributes([source.prefix + name])
            // 'service: NAME' renames the label for packs that follow another convention.
            let text = name == "service" ? parts["service"]?.scalar?.string ?? name : name
            guard let label = Self.labelName(text, parts["service"], &document) else { continue }
            if labels.contains(where: { $0.name == label }) {
                document.report(parts["service"], "\(what) has the label '\(text)' twice")
                continue
            }
            labels.append(MeterLabel(name: label, value: value))
        }
        if let list = parts["labels"] {
            for (key, name, value) in document.pairs(list, "'labels' of \(what)") {
                if Self.reserved.contains(name) {
                    document.report(
                        key,
                        "\(what) has the label '\(name)', which every series has of itself or the format needs"
                    )
                    continue
                }
                guard let label = Self.labelName(name, key, &document) else { continue }
                if labels.contains(where: { $0.name == label }) {
                    document.report(key, "\(what) has the label '\(name)' twice")
                    continue
                }
                var limit: Int?
                var source = value
                if let mapping = value.mapping, let of = mapping["of"], mapping["map"] == nil {
                    for (limitKey, part, number) in document.pairs(
                        value, "label '\(name)'", allowed: ["of", "limit"])
                    where part == "limit" {
                        limit = number.scalar.flatMap { Int($0.string) }
                        if limit ?? 0 < 1 {
                            document.report(limitKey, "'limit' of label '\(name)' is no number above 0")
                        }
                    }
                    source = of
                }
                guard let expression = expressions.expression(source, "label '\(name)' of \(what)", &document)
                else { continue }
                labels.append(MeterLabel(name: label, value: expression, valueLimit: limit))
            }
        }
        if let node = parts["dimensions"], let option = document.text(node, "'dimensions' of \(what)") {
            labels += dimensions(option, node, labels.map(\.name.text), &document)
        }
        return labels
    }

    /// Attributes that the configuration adds as labels, their names made legal.
    private func dimensions(
        _ option: String, _ node: Node, _ taken: [String], _ document: inout YAMLDocument
    ) -> [MeterLabel] {
        guard case .list(let attributes) = options[option] else {
            document.report(
                node, "'dimensions' names '\(option)', which is no option of this pack that holds a list")
            return []
        }
        var names = Set(taken).union(Self.reserved)
        var labels: [MeterLabel] = []
        for attribute in attributes {
            let text = String(attribute.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
            guard names.insert(text).inserted else {
                document.report(
                    node, "dimension '\(attribute)' gives the label '\(text)', which is there already")
                continue
            }
            if let label = Self.labelName(text, node, &document) {
                labels.append(MeterLabel(name: label, value: .attributes([attribute])))
            }
        }
        return labels
    }

    static func labelName(_ text: String, _ node: Node?, _ document: inout YAMLDocument) -> LabelName? {
        do {
            return try LabelName(text)
        } catch {
            document.report(node, error.message)
            return nil
        }
    }

    private func instruments(
        _ section: String, _ key: Node, _ metric: String, _ value: Node, _ document: inout YAMLDocument
    ) -> [MeterInstrument] {
        let name: MetricName
        do {
            name = try MetricName(metric)
        } catch {
            document.report(key, error.message)
            return []
        }
        Self.checkPrefix(metric, key, &document)
        checkSuffix(section, metric, key, &document)
        var parts: [String: Node] = [:]
        if value.mapping?["of"] != nil || value.mapping?["help"] != nil {
            let pairs = document.pairs(value, "'\(metric)'", allowed: ["of", "by", "help", "buckets"])
            parts = Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
        } else if section != "infos" {
            parts["of"] = value
        }
        let help =
            parts["help"].flatMap { document.text($0, "'help' of '\(metric)'") } ?? "From pack \(pack)."
        guard let kind = kind(section, metric, key, parts["buckets"], &document) else { return [] }
        guard let of = parts["of"] else {
            if section != "infos" { document.report(key, "'\(metric)' has no 'of': what does it count") }
            return [
                MeterInstrument(
                    instrument: Instrument(metric: name, kind: kind), help: help, amount: .number(1))
            ]
        }
        guard let by = parts["by"] else {
            guard let amount = expressions.expression(of, "'\(metric)'", &document) else { return [] }
            return [
                MeterInstrument(instrument: Instrument(metric: name, kind: kind), help: help, amount: amount)
            ]
        }
        guard let text = document.text(by, "'by' of '\(metric)'"),
            let label = Self.labelName(text, by, &document)
        else { return [] }
        return document.pairs(of, "'of' of '\(metric)'").compactMap { _, value, node in
            guard let amount = expressions.expression(node, "'\(metric)'", &document) else { return nil }
            let fixed = FixedLabel(name: label, value: value)
            let instrument = Instrument(metric: name, kind: kind, fixedLabel: fixed)
            return MeterInstrument(instrument: instrument, help: help, amount: amount)
        }
    }

    /// A label that tells instruments apart may not be one that the series have anyway.
    private func checkFixedLabels(
        _ parts: [String: Node], _ labels: [MeterLabel], _ document: inout YAMLDocument
    ) {
        let taken = Self.reserved.union(labels.map(\.name.text))
        for section in ["counters", "histograms"] {
            for (metric, value) in parts[section]?.mapping ?? [:] {
                guard let by = value.mapping?["by"], let label = by.scalar?.string, taken.contains(label)
                else { continue }
                document.report(
                    by,
                    "'by' of '\(metric.scalar?.string ?? "?")' is the label '\(label)', which its series have already"
                )
            }
        }
    }

    static func checkPrefix(_ metric: String, _ key: Node, _ document: inout YAMLDocument) {
        for prefix in ["spanmeter_", "process_"] where metric.hasPrefix(prefix) {
            document.report(
                key, "metric '\(metric)' begins with '\(prefix)', which spanmeter keeps to itself")
        }
    }

    private func checkSuffix(_ section: String, _ metric: String, _ key: Node, _ document: inout YAMLDocument)
    {
        if section == "counters", !metric.hasSuffix("_total") {
            document.report(key, "counter '\(metric)' does not end with '_total'")
        }
        if section == "histograms" {
            for suffix in ["_total", "_bucket", "_count", "_sum"] where metric.hasSuffix(suffix) {
                document.report(
                    key, "histogram '\(metric)' ends with '\(suffix)', which belongs to its samples")
            }
        }
    }

    private func kind(
        _ section: String, _ metric: String, _ key: Node, _ node: Node?, _ document: inout YAMLDocument
    ) -> InstrumentKind? {
        if section == "counters" { return .counter }
        if section == "infos" { return .info }
        guard let node else {
            document.report(
                key, "histogram '\(metric)' has no 'buckets': a layout's name or a list of bounds")
            return nil
        }
        var bounds: [Double] = []
        if let name = node.scalar?.string {
            guard let known = buckets[name] else {
                let hint =
                    Nearest.name(to: name, among: buckets.keys.sorted()).map { "; did you mean '\($0)'" }
                    ?? ""
                document.report(node, "histogram '\(metric)' has the unknown bucket layout '\(name)'\(hint)")
                return nil
            }
            bounds = known
        } else {
            for element in document.elements(node, "'buckets' of '\(metric)'") {
                if let bound = element.scalar.flatMap({ Double($0.string) }) {
                    bounds.append(bound)
                } else {
                    let shape = YAMLDocument.shape(element)
                    document.report(
                        element, "'buckets' of '\(metric)' hold \(shape), a number was wanted")
                    return nil
                }
            }
        }
        do {
            return .histogram(try BucketLayout(bounds: bounds))
        } catch {
            document.report(node, "'\(metric)': \(error)")
            return nil
        }
    }
}

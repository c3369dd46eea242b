package import MetricModel

/// Series with one sample each, as remote write sends them: classic histograms as a series for each bucket, sum and
/// count.
package struct RemoteWriteBatch: Sendable {
    /// One series.
    struct Series: Sendable {
        /// With `__name__`, sorted by name, no name twice.
        let labels: [Label]
        let value: Double
        /// Milliseconds since 1970; 0 for gauges and where it is not known.
        let created: Int64
        /// Its number in `families`.
        let family: Int
    }

    /// A name and a value; neither is empty.
    struct Label: Sendable {
        let name: String
        let value: String
    }

    /// What is said of a metric.
    struct Family: Sendable {
        let name: String
        let kind: MetricFamily.Kind
        let help: String
        let unit: String
    }

    /// When the values were these, in milliseconds since 1970.
    let timestamp: Int64
    /// In the order of a page.
    private(set) var series: [Series] = []
    private(set) var families: [Family] = []
    /// What every series carries besides its own labels.
    private let common: [Label]

    /// - Parameters:
    ///   - timestamp: of all samples, milliseconds since 1970.
    ///   - labels: added to each series that has none of that name.
    package init(timestamp: Int64, labels: [(name: String, value: String)]) {
        self.timestamp = timestamp
        common = labels.map { Label(name: $0.name, value: $0.value) }
    }

    /// How many samples there are: one a series.
    package var sampleCount: Int { series.count }

    /// Adds the samples of one instrument.
    ///
    /// - Parameter chunk: the values of `series` in the same order.
    package mutating func append(
        _ family: MetricFamily, _ instrument: Instrument, _ chunk: ValueChunk, series: ArraySlice<UInt32>,
        blocks: LabelBlocks
    ) {
        guard chunk.isPresent.contains(true) else { return }
        let number = describe(family.name.text, family.kind, family.help)
        let fixed = instrument.fixedLabel.map { [Label(name: $0.name.text, value: $0.value)] } ?? []
        for (offset, series) in series.enumerated() where chunk.isPresent[offset] {
            var labels = fixed
            blocks.forEachLabel(of: Int(series)) { name, value in
                labels.append(
                    Label(
                        name: String(decoding: name, as: UTF8.self),
                        value: String(decoding: value, as: UTF8.self)))
            }
            let value: PlainFamily.Sample.Value
            if case .histogram(let layout) = instrument.kind {
                let count = layout.bucketCount
                value = .histogram(
                    bounds: layout.bounds, counts: Array(chunk.cells[offset * count..<(offset + 1) * count]),
                    sum: chunk.amounts[offset])
            } else {
                value = .number(chunk.amounts[offset])
            }
            append(labels, value, created: chunk.created[offset], family: number)
        }
    }

    /// Adds a family of our own.
    package mutating func append(_ family: PlainFamily) {
        if family.samples.isEmpty { return }
        let number = describe(family.name, family.kind, family.help)
        for sample in family.samples {
            let labels = sample.labels.map { Label(name: $0.name, value: $0.value) }
            append(labels, sample.value, created: family.created, family: number)
        }
    }

    /// Takes away the first series, at most `count`, as a batch of their own.
    package mutating func takeFirst(_ count: Int) -> RemoteWriteBatch {
        var taken = self
        taken.series = Array(series.prefix(count))
        series.removeFirst(taken.series.count)
        return taken
    }

    /// The number of a family; the one before is often the same.
    private mutating func describe(_ name: String, _ kind: MetricFamily.Kind, _ help: String) -> Int {
        if families.last?.name != name {
            let total = kind == .counter && name.hasSuffix("_total")
            let unit = MetricUnit.suffix(of: total ? String(name.dropLast("_total".count)) : name)
            families.append(Family(name: name, kind: kind, help: help, unit: unit ?? ""))
        }
        return families.count - 1
    }

    private mutating func append(
        _ labels: [Label], _ value: PlainFamily.Sample.Value, created: Int64, family: Int
    ) {
        let name = families[family].name
        switch value {
        case .number(let number):
            let created = families[family].kind == .counter ? created : 0
            append(name, labels, number, created: created, family: family)
        case .histogram(let bounds, let counts, let sum):
            var total: UInt64 = 0
            for (count, bound) in zip(counts, bounds + [.infinity]) {
                total &+= count
                let le = Label(name: "le", value: OpenMetrics.canonical(bound))
                append("\(name)_bucket", labels + [le], Double(total), created: created, family: family)
            }
            append("\(name)_sum", labels, sum, created: created, family: family)
            append("\(name)_count", labels, Double(total), created: created, family: family)
        }
    }

    private mutating func append(
        _ name: String, _ labels: [Label], _ value: Double, created: Int64, family: Int
    ) {
        // An empty value and no label are the same to Prometheus, and only the latter may be sent.
        var all = labels.filter { !$0.value.isEmpty }
        all.append(Label(name: "__name__", value: name))
        for label in common where !all.contains(where: { $0.name == label.name }) { all.append(label) }
        all.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        series.append(Series(labels: all, value: value, created: created, family: family))
    }
}

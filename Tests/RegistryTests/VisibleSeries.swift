import MetricModel
import Registry

/// One sample as a scrape shows it.
struct VisibleSample: Hashable {
    let table: Int
    let instrument: Int
    let labels: [String: String]
    let isOverflow: Bool
    let amount: Double
    let cells: [UInt64]
    let created: Int64
}

extension Registry {
    /// Every sample that a scrape shows now, in no order.
    func visible() -> Set<VisibleSample> {
        var samples: Set<VisibleSample> = []
        for (table, layout) in catalog.tables.enumerated() {
            let end = extent(ofTable: table).endNumber
            let labels = labels(table: table, 0..<end)
            for instrument in layout.instruments.indices {
                var chunk = ValueChunk()
                values(
                    MetricFamily.Source(table: table, instrument: instrument),
                    series: (0..<UInt32(end)).map { $0 }[...], identities: labels.identities, into: &chunk)
                let width = layout.instruments[instrument].cellCount
                for series in 0..<end where chunk.isPresent[series] && labels.identities[series] != 0 {
                    samples.insert(
                        VisibleSample(
                            table: table, instrument: instrument,
                            labels: labels.texts(of: series, layout.labels),
                            isOverflow: labels.isOverflow[series], amount: chunk.amounts[series],
                            cells: Array(chunk.cells[series * width..<(series + 1) * width]),
                            created: chunk.created[series]))
                }
            }
        }
        return samples
    }
}

extension LabelChunk {
    fileprivate func texts(of series: Int, _ names: [LabelName]) -> [String: String] {
        var texts: [String: String] = [:]
        for (column, name) in names.enumerated() {
            let number = series * names.count + column
            let start = number == 0 ? 0 : Int(ends[number - 1])
            texts[name.text] = String(decoding: bytes[start..<Int(ends[number])], as: UTF8.self)
        }
        return texts
    }
}

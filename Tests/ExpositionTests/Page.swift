import Exposition
import MetricModel

/// A page of one table, filled by hand and rendered as a scrape renders it.
struct Page {
    private let layout: SeriesTableLayout
    private let families: [MetricFamily]
    private var labels = LabelChunk()
    /// By instrument.
    private var values: [ValueChunk]

    /// A table with these labels and instruments; `families` are its metrics with their help, sorted by name.
    init(labels: [String], instruments: [Instrument], help: [String: String] = [:]) throws {
        layout = SeriesTableLayout(
            name: "test/table", labels: try labels.map { try LabelName($0) },
            valueLimits: labels.map { _ in nil }, instruments: instruments)
        var names: [MetricName] = []
        for instrument in instruments where !names.contains(instrument.metric) {
            names.append(instrument.metric)
        }
        families = names.map { name in
            let sources = instruments.indices.filter { instruments[$0].metric == name }
            let kind: MetricFamily.Kind =
                switch instruments[sources[0]].kind {
                case .counter, .daily: .counter
                case .histogram: .histogram
                case .info, .gauge: .gauge
                }
            return MetricFamily(
                name: name, kind: kind, help: help[name.text] ?? "Help.",
                sources: sources.map { MetricFamily.Source(table: 0, instrument: $0) })
        }
        values = instruments.map { _ in ValueChunk() }
    }

    /// Adds a series; an amount that is nil was never touched.
    mutating func add(
        _ labelValues: [[UInt8]], isOverflow: Bool = false, amounts: [Double?], cells: [UInt64] = [],
        created: Int64 = 0
    ) {
        for value in labelValues {
            labels.bytes += value
            labels.ends.append(UInt32(labels.bytes.count))
        }
        labels.isOverflow.append(isOverflow)
        labels.identities.append(UInt32(labels.isOverflow.count))
        for (index, amount) in amounts.enumerated() {
            values[index].isPresent.append(amount != nil)
            values[index].amounts.append(amount ?? 0)
            values[index].created.append(created)
            if case .histogram = layout.instruments[index].kind { values[index].cells += cells }
        }
    }

    /// Adds a series of texts.
    mutating func add(
        _ labelValues: String..., isOverflow: Bool = false, amounts: [Double?], cells: [UInt64] = [],
        created: Int64 = 0
    ) {
        add(
            labelValues.map { Array($0.utf8) }, isOverflow: isOverflow, amounts: amounts, cells: cells,
            created: created)
    }

    private var catalog: MetricCatalog { MetricCatalog(tables: [layout], families: families) }

    /// The bytes of the page in text 0.0.4; label blocks are rendered in pieces of `step` series, as scrapes do.
    func rendered(step: Int = 1_000) -> [UInt8] {
        rendered(TextPage(prometheus: catalog), step: step) + TextPage(prometheus: catalog).ending([])
    }

    /// The text of the page in OpenMetrics, with these families of our own.
    func openMetrics(createdLines: Bool = false, own: [PlainFamily] = []) -> String {
        let page = TextPage(openMetrics: catalog, createdLines: createdLines)
        return String(decoding: rendered(page, step: 1_000) + page.ending(own), as: UTF8.self)
    }

    /// The messages of the page in protobuf, written in pieces of about `byteCountTarget` bytes from values that
    /// were collected for `step` series at a time.
    func protobuf(step: Int = 1_000, byteCountTarget: Int = 64 << 10, own: [PlainFamily] = []) -> [[UInt8]] {
        let catalog = catalog
        let blocks = blocks(step: 1_000)
        var family = ProtobufFamily(ProtobufPage(catalog))
        var buffer = TextBuffer(byteCountTarget: 64)
        var pieces: [[UInt8]] = []
        for (number, described) in catalog.families.enumerated() {
            for (column, source) in described.sources.enumerated() {
                for start in stride(from: 0, to: blocks.order.count, by: step) {
                    let series = blocks.order[start..<min(start + step, blocks.order.count)]
                    let chunk = inOrder(values[source.instrument], Array(series))
                    family.collect(family: number, source: column, chunk, series: series, blocks: blocks)
                }
            }
            var isComplete = false
            while !isComplete {
                isComplete = family.write(to: &buffer, byteCountTarget: byteCountTarget)
                pieces.append(buffer.withBytes { [UInt8]($0) })
                buffer.removeAll()
            }
        }
        for family in own { ProtobufFormat.append(family, to: &buffer) }
        pieces.append(buffer.withBytes { [UInt8]($0) })
        return pieces
    }

    /// What is pushed of the page.
    func remoteWrite(timestamp: Int64, labels: [(name: String, value: String)], own: [PlainFamily])
        -> RemoteWriteBatch
    {
        let blocks = blocks(step: 1_000)
        var batch = RemoteWriteBatch(timestamp: timestamp, labels: labels)
        for family in catalog.families {
            for source in family.sources {
                let chunk = inOrder(values[source.instrument], blocks.order)
                batch.append(
                    family, layout.instruments[source.instrument], chunk, series: blocks.order[...],
                    blocks: blocks)
            }
        }
        for family in own { batch.append(family) }
        return batch
    }

    private func rendered(_ page: TextPage, step: Int) -> [UInt8] {
        let blocks = blocks(step: step)
        var buffer = TextBuffer(byteCountTarget: 64)
        for (number, family) in catalog.families.enumerated() {
            buffer.append(contentsOf: page.heads[number])
            for (column, source) in family.sources.enumerated() {
                let chunk = inOrder(values[source.instrument], blocks.order)
                page.renderers[number][column]
                    .append(chunk, series: blocks.order[...], blocks: blocks, to: &buffer)
            }
        }
        return buffer.withBytes { [UInt8]($0) }
    }

    /// The lines that are no comments.
    func lines() -> [String] {
        String(decoding: rendered(), as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
    }

    private func blocks(step: Int) -> LabelBlocks {
        var blocks = LabelBlocks(layout)
        let width = layout.labels.count
        for start in stride(from: 0, to: labels.seriesCount, by: step) {
            let end = min(start + step, labels.seriesCount)
            var piece = LabelChunk()
            let from = start == 0 ? 0 : Int(labels.ends[start * width - 1])
            piece.bytes = Array(labels.bytes[from..<Int(labels.ends[end * width - 1])])
            piece.ends = labels.ends[start * width..<end * width].map { $0 - UInt32(from) }
            piece.isOverflow = Array(labels.isOverflow[start..<end])
            piece.identities = Array(labels.identities[start..<end])
            blocks.append(piece)
            blocks.sort()
        }
        return blocks
    }

    /// The chunk as the registry gives it: in the order that was asked for.
    private func inOrder(_ chunk: ValueChunk, _ order: [UInt32]) -> ValueChunk {
        var sorted = ValueChunk()
        let width = chunk.isPresent.isEmpty ? 0 : chunk.cells.count / chunk.isPresent.count
        for series in order.map(Int.init) {
            sorted.isPresent.append(chunk.isPresent[series])
            sorted.amounts.append(chunk.amounts[series])
            sorted.created.append(chunk.created[series])
            sorted.cells += chunk.cells[series * width..<(series + 1) * width]
        }
        return sorted
    }
}

import Exposition
import MetricModel
package import Registry

/// Stage 4, a scrape: the series as text, in the same steps as the service's `MetricsSource`, sockets and
/// spanmeter's own metrics left out.
package struct PageStage {
    private let registry: Registry
    private let renderers: [[SeriesRenderer]]
    private var blocks: [LabelBlocks]

    // Those of `MetricsSource`.
    private static let chunkByteCount = 64 << 10
    private static let seriesPerCopy = 64

    package init(_ registry: Registry) {
        self.registry = registry
        let catalog = registry.catalog
        blocks = catalog.tables.map { LabelBlocks($0) }
        renderers = catalog.families.map { family in
            family.sources.map { SeriesRenderer(catalog.tables[$0.table].instruments[$0.instrument]) }
        }
    }

    /// Renders one page, a scrape's buffers included, and hands it over in chunks.
    package mutating func render(_ take: (UnsafeRawBufferPointer) -> Void) {
        prepareLabels()
        var buffer = TextBuffer(byteCountTarget: Self.chunkByteCount * 2)
        var chunk = ValueChunk()
        for (number, family) in registry.catalog.families.enumerated() {
            var hasHead = false
            for (column, source) in family.sources.enumerated() {
                let labels = blocks[source.table]
                var position = 0
                while position < labels.order.count {
                    let end = min(labels.order.count, position + Self.seriesPerCopy)
                    let series = labels.order[position..<end]
                    position = end
                    registry.values(
                        source, series: series, identities: labels.identities, into: &chunk)
                    if !hasHead, chunk.isPresent.contains(true) {
                        hasHead = true
                        Self.appendHead(family, to: &buffer)
                    }
                    renderers[number][column].append(chunk, series: series, blocks: labels, to: &buffer)
                    if buffer.count >= Self.chunkByteCount {
                        buffer.withBytes(take)
                        buffer.removeAll()
                    }
                }
            }
        }
        buffer.withBytes(take)
    }

    /// Renders one page and counts its lines.
    package mutating func lineCount() -> Int {
        var count = 0
        render { bytes in
            for byte in bytes where byte == UInt8(ascii: "\n") { count += 1 }
        }
        return count
    }

    private static func appendHead(_ family: MetricFamily, to buffer: inout TextBuffer) {
        var head: [UInt8] = []
        TextFormat.appendHead(name: family.name.text, kind: family.kind, help: family.help, to: &head)
        buffer.append(contentsOf: head)
    }

    /// Renders the labels of series that came since the last page.
    private mutating func prepareLabels() {
        for table in blocks.indices {
            let (wanted, generation) = registry.extent(ofTable: table)
            blocks[table].update(to: generation)
            while blocks[table].count < wanted {
                let start = blocks[table].count
                blocks[table].append(registry.labels(table: table, start..<min(wanted, start + 1_024)))
            }
            blocks[table].sort()
        }
    }
}

import Exposition
import MetricModel
import Registry

/// A registry as the text format exposes it.
enum Exposed {
    /// All families with their heads, as bytes: what is no UTF-8 stays visible.
    static func bytes(of registry: Registry) -> [UInt8] {
        var buffer = TextBuffer(byteCountTarget: 1024)
        var chunk = ValueChunk()
        let blocks = registry.catalog.tables.enumerated().map { number, layout in
            var blocks = LabelBlocks(layout)
            blocks.append(registry.labels(table: number, 0..<registry.extent(ofTable: number).endNumber))
            blocks.sort()
            return blocks
        }
        for family in registry.catalog.families {
            var hasHead = false
            for source in family.sources {
                let renderer = SeriesRenderer(
                    registry.catalog.tables[source.table].instruments[source.instrument])
                let series = blocks[source.table].order[...]
                registry.values(
                    source, series: series, identities: blocks[source.table].identities,
                    into: &chunk)
                if !hasHead, chunk.isPresent.contains(true) {
                    hasHead = true
                    var head: [UInt8] = []
                    TextFormat.appendHead(
                        name: family.name.text, kind: family.kind, help: family.help, to: &head)
                    buffer.append(contentsOf: head)
                }
                renderer.append(chunk, series: series, blocks: blocks[source.table], to: &buffer)
            }
        }
        return buffer.withBytes { [UInt8]($0) }
    }
}

import Exposition
import MetricModel
import NIOCore
import Registry
import Synchronization

/// Renders `/metrics`: everything derived from spans, then what spanmeter says of itself.
final class MetricsSource: ScrapeSource {
    fileprivate let registry: Registry
    fileprivate let own: SelfMetrics
    /// Rendered labels by table, kept between scrapes.
    fileprivate let blocks: Mutex<[LabelBlocks]>
    /// By family and source.
    fileprivate let renderers: [[SeriesRenderer]]

    init(registry: Registry, own: SelfMetrics) {
        self.registry = registry
        self.own = own
        let catalog = registry.catalog
        blocks = Mutex(catalog.tables.map { LabelBlocks($0) })
        renderers = catalog.families.map { family in
            family.sources.map { SeriesRenderer(catalog.tables[$0.table].instruments[$0.instrument]) }
        }
    }

    func begin(ready: PendingScrape) -> ScrapeStart? {
        ScrapeStart(cursor: MetricsCursor(self), mark: UInt64(registry.seriesCounts().reduce(0, +)))
    }

    /// The labels of a table's series, those that came since the last scrape rendered in.
    fileprivate func currentBlocks(of table: Int) -> LabelBlocks {
        let wanted = registry.seriesCounts()[table]
        return blocks.withLock { blocks in
            while blocks[table].count < wanted {
                let start = blocks[table].count
                blocks[table].append(registry.labels(table: table, start..<min(wanted, start + 1024)))
            }
            blocks[table].sort()
            return blocks[table]
        }
    }
}

/// One scrape in progress: a place in families, sources and series.
private final class MetricsCursor: ScrapeCursor {
    private let source: MetricsSource
    private var buffer = TextBuffer(byteCountTarget: MetricsCursor.chunkByteCount * 2)
    private var chunk = ValueChunk()
    private var blocks: [LabelBlocks?]
    private var family = 0
    private var column = 0
    private var position = 0
    private var hasHead = false
    private let started = NIODeadline.now()

    private static let chunkByteCount = 64 << 10
    /// Keeps the registry's lock for some microseconds.
    private static let seriesPerCopy = 64

    init(_ source: MetricsSource) {
        self.source = source
        blocks = [LabelBlocks?](repeating: nil, count: source.registry.catalog.tables.count)
    }

    func next(into target: inout ByteBuffer) -> Bool {
        buffer.removeAll()
        while family < source.registry.catalog.families.count, buffer.count < Self.chunkByteCount { step() }
        let hasMore = family < source.registry.catalog.families.count
        if !hasMore {
            source.own.recordScrape(seconds: Double((NIODeadline.now() - started).nanoseconds) / 1e9)
            var text: [UInt8] = []
            for family in source.own.families() { TextFormat.append(family, to: &text) }
            buffer.append(contentsOf: text)
        }
        _ = buffer.withBytes { target.writeBytes($0) }
        return hasMore
    }

    /// Renders the next series of the current source, or goes on to the next source.
    private func step() {
        let current = source.registry.catalog.families[family]
        let from = current.sources[column]
        let labels: LabelBlocks
        if let known = blocks[from.table] {
            labels = known
        } else {
            labels = source.currentBlocks(of: from.table)
            blocks[from.table] = labels
        }
        let end = min(labels.order.count, position + Self.seriesPerCopy)
        let series = labels.order[position..<end]
        source.registry.values(from, series: series, into: &chunk)
        if !hasHead, chunk.isPresent.contains(true) {
            hasHead = true
            var head: [UInt8] = []
            TextFormat.appendHead(name: current.name.text, kind: current.kind, help: current.help, to: &head)
            buffer.append(contentsOf: head)
        }
        source.renderers[family][column].append(chunk, series: series, blocks: labels, to: &buffer)
        position = end
        if position < labels.order.count { return }
        position = 0
        column += 1
        if column < current.sources.count { return }
        column = 0
        family += 1
        hasHead = false
    }
}

import Exposition
import MetricModel
import NIOCore
import Registry
import Synchronization

/// Renders `/metrics`: everything derived from spans, then what spanmeter says of itself.
final class MetricsSource: ScrapeSource {
    /// How full a cursor makes its buffer before it hands it on.
    static let chunkByteCount = 64 << 10

    let registry: Registry
    private let own: SelfMetrics
    /// Rendered labels by table, kept between scrapes.
    private let blocks: Mutex<[LabelBlocks]>
    private let text: TextPage
    private let openMetrics: TextPage
    private let protobuf: ProtobufPage

    /// - Parameter createdLines: whether OpenMetrics says with `_created` lines when series began.
    init(registry: Registry, own: SelfMetrics, createdLines: Bool) {
        self.registry = registry
        self.own = own
        let catalog = registry.catalog
        blocks = Mutex(catalog.tables.map { LabelBlocks($0) })
        text = TextPage(prometheus: catalog)
        openMetrics = TextPage(openMetrics: catalog, createdLines: createdLines)
        protobuf = ProtobufPage(catalog)
    }

    func begin(_ format: ExpositionFormat, ready: PendingScrape) -> ScrapeStart? {
        // Before the cursor: what is born in between is shown without being counted.
        let mark = registry.birthCount
        let cursor: any ScrapeCursor =
            switch format {
            case .text: TextCursor(self, text)
            case .openMetrics: TextCursor(self, openMetrics)
            case .protobuf: ProtobufCursor(self, protobuf)
            }
        return ScrapeStart(cursor: cursor, mark: mark)
    }

    /// The labels of a table's series, those that came since the last scrape rendered in.
    func currentBlocks(of table: Int) -> LabelBlocks {
        let (wanted, generation) = registry.extent(ofTable: table)
        return blocks.withLock { blocks in
            blocks[table].update(to: generation)
            while blocks[table].count < wanted {
                let start = blocks[table].count
                blocks[table].append(registry.labels(table: table, start..<min(wanted, start + 1024)))
            }
            blocks[table].sort()
            return blocks[table]
        }
    }

    /// Counts a scrape that began at `started`.
    func recordScrape(from started: NIODeadline) {
        own.recordScrape(seconds: Double((NIODeadline.now() - started).nanoseconds) / 1e9)
    }

    /// What spanmeter says of itself.
    func ownFamilies() -> [PlainFamily] { own.families() }
}

import Configuration
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
    private let intake: Intake
    private let releases: HoldReleases
    private let own: SelfMetrics
    /// Rendered labels by table, kept between scrapes.
    private let blocks: Mutex<[LabelBlocks]>
    private let text: TextPage
    private let openMetrics: TextPage
    private let protobuf: ProtobufPage

    /// - Parameter createdLines: whether OpenMetrics says with `_created` lines when series began.
    init(_ intake: Intake, _ releases: HoldReleases, own: SelfMetrics, createdLines: Bool) {
        self.intake = intake
        self.releases = releases
        registry = intake.registry
        self.own = own
        let catalog = registry.catalog
        blocks = Mutex(catalog.tables.map { LabelBlocks($0) })
        text = TextPage(prometheus: catalog)
        openMetrics = TextPage(openMetrics: catalog, createdLines: createdLines)
        protobuf = ProtobufPage(catalog)
    }

    func begin(_ format: ExpositionFormat, ready: PendingScrape) -> ScrapeStart? {
        if intake.durability != .relaxed, registry.heldCount == 0 { return start(format) }
        let eventLoop = ready.eventLoop
        releases.release {
            eventLoop.execute { ready.complete(self.start(format)) }
        }
        return nil
    }

    private func start(_ format: ExpositionFormat) -> ScrapeStart {
        let mark = registry.birthCount
        switch format {
        case .text: return ScrapeStart(cursor: TextCursor(self, text), mark: mark)
        case .openMetrics: return ScrapeStart(cursor: TextCursor(self, openMetrics), mark: mark)
        case .protobuf: return ScrapeStart(cursor: ProtobufCursor(self, protobuf), mark: mark)
        }
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

import Configuration
import Exposition
import MetricModel
import NIOCore
import Registry

/// Renders `/metrics`: everything derived from spans, what the ledger shows, then what spanmeter says of itself.
final class MetricsSource: ScrapeSource {
    /// How full a cursor makes its buffer before it hands it on.
    static let chunkByteCount = 64 << 10

    /// In the order of the page.
    let parts: [PagePart]
    private let registry: Registry
    private let intake: Intake
    private let releases: HoldReleases
    private let own: SelfMetrics

    /// - Parameters:
    ///   - board: what the ledger shows.
    ///   - createdLines: whether OpenMetrics says with `_created` lines when series began.
    init(
        _ intake: Intake, _ releases: HoldReleases, board: GaugeBoard, own: SelfMetrics, createdLines: Bool
    ) {
        self.intake = intake
        self.releases = releases
        registry = intake.registry
        self.own = own
        let gauges = Set(board.catalog.families.map(\.name.text))
        parts = [
            PagePart(registry, createdLines: createdLines, taken: gauges),
            PagePart(board, createdLines: createdLines),
        ]
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
        case .text: return ScrapeStart(cursor: TextCursor(self) { $0.text }, mark: mark)
        case .openMetrics: return ScrapeStart(cursor: TextCursor(self) { $0.openMetrics }, mark: mark)
        case .protobuf: return ScrapeStart(cursor: ProtobufCursor(self), mark: mark)
        }
    }

    /// Counts a scrape that began at `started`.
    func recordScrape(from started: NIODeadline) {
        own.recordScrape(seconds: Double((NIODeadline.now() - started).nanoseconds) / 1e9)
    }

    /// What spanmeter says of itself.
    func ownFamilies() -> [PlainFamily] { own.families() }
}

import Exposition
import MetricModel
import Synchronization

/// One of the stores that a page shows, with what is rendered of it once and for all.
final class PagePart: Sendable {
    let store: any SampleStore
    let text: TextPage
    let openMetrics: TextPage
    let protobuf: ProtobufPage
    /// Rendered labels by table, kept between scrapes.
    private let blocks: Mutex<[LabelBlocks]>

    /// - Parameters:
    ///   - createdLines: whether OpenMetrics says with `_created` lines when series began.
    ///   - taken: names of families that other parts of the page have.
    init(_ store: any SampleStore, createdLines: Bool, taken: Set<String> = []) {
        self.store = store
        let catalog = store.catalog
        text = TextPage(prometheus: catalog)
        openMetrics = TextPage(openMetrics: catalog, createdLines: createdLines, taken: taken)
        protobuf = ProtobufPage(catalog)
        blocks = Mutex(catalog.tables.map { LabelBlocks($0) })
    }

    /// The labels of a table's series, those that came since the last scrape rendered in.
    func currentBlocks(of table: Int) -> LabelBlocks {
        let (wanted, generation) = store.extent(ofTable: table)
        return blocks.withLock { blocks in
            blocks[table].update(to: generation)
            while blocks[table].count < wanted {
                let start = blocks[table].count
                blocks[table].append(store.labels(table: table, start..<min(wanted, start + 1024)))
            }
            blocks[table].sort()
            return blocks[table]
        }
    }
}

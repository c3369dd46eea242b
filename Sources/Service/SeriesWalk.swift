import Exposition
import MetricModel
import Registry

/// A scrape's way through families, their sources and the sources' series.
struct SeriesWalk {
    /// Some series of one source, in the order of the page.
    struct Step {
        /// The family's number in the catalog.
        let family: Int
        /// The source's number in the family.
        let column: Int
        let source: MetricFamily.Source
        let series: ArraySlice<UInt32>
        let blocks: LabelBlocks
        /// Whether the next step is another family's.
        let isLastOfFamily: Bool
    }

    private let source: MetricsSource
    /// By table; one scrape sees the same series in all families of a table.
    private var blocks: [LabelBlocks?]
    private var family = 0
    private var column = 0
    private var position = 0

    /// Keeps the registry's lock for some microseconds.
    private static let seriesPerStep = 64

    init(_ source: MetricsSource) {
        self.source = source
        blocks = [LabelBlocks?](repeating: nil, count: source.registry.catalog.tables.count)
    }

    /// Whether there is another step.
    var hasMore: Bool { family < source.registry.catalog.families.count }

    /// The next step, which has no series where a source has none; nil at the end.
    mutating func next() -> Step? {
        guard hasMore else { return nil }
        let current = source.registry.catalog.families[family]
        let from = current.sources[column]
        let labels: LabelBlocks
        if let known = blocks[from.table] {
            labels = known
        } else {
            labels = source.currentBlocks(of: from.table)
            blocks[from.table] = labels
        }
        let end = min(labels.order.count, position + Self.seriesPerStep)
        let isLastOfSource = end == labels.order.count
        let isLastOfFamily = isLastOfSource && column == current.sources.count - 1
        let step = Step(
            family: family, column: column, source: from, series: labels.order[position..<end],
            blocks: labels, isLastOfFamily: isLastOfFamily)
        position = isLastOfSource ? 0 : end
        if isLastOfSource { column += 1 }
        if isLastOfFamily {
            column = 0
            family += 1
        }
        return step
    }
}

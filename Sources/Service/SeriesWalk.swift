import Exposition
import MetricModel

/// A scrape's way through the parts of a page, their families, their sources and the sources' series.
struct SeriesWalk {
    /// Some series of one source, in the order of the page.
    struct Step {
        let part: PagePart
        /// The family's number in the part's catalog.
        let family: Int
        /// The source's number in the family.
        let column: Int
        let source: MetricFamily.Source
        let series: ArraySlice<UInt32>
        let blocks: LabelBlocks
        /// Whether the next step is another family's.
        let isLastOfFamily: Bool
    }

    private let parts: [PagePart]
    /// By table of the current part; one scrape sees the same series in all families of a table.
    private var blocks: [LabelBlocks?] = []
    private var part = 0
    private var family = 0
    private var column = 0
    private var position = 0

    /// Keeps a store's lock for some microseconds.
    private static let seriesPerStep = 64

    init(_ source: MetricsSource) {
        parts = source.parts.filter { !$0.store.catalog.families.isEmpty }
        enter()
    }

    private mutating func enter() {
        guard part < parts.count else { return }
        blocks = [LabelBlocks?](repeating: nil, count: parts[part].store.catalog.tables.count)
    }

    /// Whether there is another step.
    var hasMore: Bool { part < parts.count }

    /// The next step, which has no series where a source has none; nil at the end.
    mutating func next() -> Step? {
        guard hasMore else { return nil }
        let shown = parts[part]
        let families = shown.store.catalog.families
        let current = families[family]
        let from = current.sources[column]
        let labels: LabelBlocks
        if let known = blocks[from.table] {
            labels = known
        } else {
            labels = shown.currentBlocks(of: from.table)
            blocks[from.table] = labels
        }
        let end = min(labels.order.count, position + Self.seriesPerStep)
        let isLastOfSource = end == labels.order.count
        let isLastOfFamily = isLastOfSource && column == current.sources.count - 1
        let step = Step(
            part: shown, family: family, column: column, source: from, series: labels.order[position..<end],
            blocks: labels, isLastOfFamily: isLastOfFamily)
        position = isLastOfSource ? 0 : end
        if isLastOfSource { column += 1 }
        if isLastOfFamily {
            column = 0
            family += 1
        }
        if family == families.count {
            family = 0
            part += 1
            enter()
        }
        return step
    }
}

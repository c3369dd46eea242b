import Exposition
import MetricModel
import NIOCore

/// One scrape in progress in a text format.
final class TextCursor: ScrapeCursor {
    private let source: MetricsSource
    /// What is the same in all pages of the format.
    private let page: (PagePart) -> TextPage
    private var walk: SeriesWalk
    private var buffer = TextBuffer(byteCountTarget: MetricsSource.chunkByteCount * 2)
    private var chunk = ValueChunk()
    private var hasHead = false
    private let started = NIODeadline.now()

    init(_ source: MetricsSource, _ page: @escaping (PagePart) -> TextPage) {
        self.source = source
        self.page = page
        walk = SeriesWalk(source)
    }

    func next(into target: inout ByteBuffer) -> Bool {
        buffer.removeAll()
        while buffer.count < MetricsSource.chunkByteCount, let step = walk.next() { render(step) }
        let hasMore = walk.hasMore
        if !hasMore {
            source.recordScrape(from: started)
            buffer.append(contentsOf: page(source.parts[0]).ending(source.ownFamilies()))
        }
        buffer.withBytes { _ = target.writeBytes($0) }
        return hasMore
    }

    private func render(_ step: SeriesWalk.Step) {
        let page = page(step.part)
        step.part.store.values(
            step.source, series: step.series, identities: step.blocks.identities, into: &chunk)
        if !hasHead, chunk.isPresent.contains(true) {
            hasHead = true
            buffer.append(contentsOf: page.heads[step.family])
        }
        page.renderers[step.family][step.column]
            .append(chunk, series: step.series, blocks: step.blocks, to: &buffer)
        if step.isLastOfFamily { hasHead = false }
    }
}

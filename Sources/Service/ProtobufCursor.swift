import Exposition
import MetricModel
import NIOCore

/// One scrape in progress in Prometheus' protobuf.
final class ProtobufCursor: ScrapeCursor {
    private let source: MetricsSource
    private var walk: SeriesWalk
    private var family: ProtobufFamily
    private var part: PagePart
    private var buffer = TextBuffer(byteCountTarget: MetricsSource.chunkByteCount * 2)
    private var isWriting = false
    private let started = NIODeadline.now()

    /// About as many series as fill a chunk: what is collected in one turn of the event loop.
    private static let stepsPerTurn = 16

    init(_ source: MetricsSource) {
        self.source = source
        walk = SeriesWalk(source)
        part = source.parts[0]
        family = ProtobufFamily(part.protobuf)
    }

    func next(into target: inout ByteBuffer) -> Bool {
        buffer.removeAll()
        var stepCount = 0
        while buffer.count < MetricsSource.chunkByteCount {
            if isWriting {
                isWriting = !family.write(to: &buffer, byteCountTarget: MetricsSource.chunkByteCount)
            } else if stepCount < Self.stepsPerTurn, let step = walk.next() {
                stepCount += 1
                collect(step)
            } else {
                break
            }
        }
        let hasMore = isWriting || walk.hasMore
        if !hasMore {
            source.recordScrape(from: started)
            for family in source.ownFamilies() { ProtobufFormat.append(family, to: &buffer) }
        }
        buffer.withBytes { _ = target.writeBytes($0) }
        return hasMore
    }

    private func collect(_ step: SeriesWalk.Step) {
        if step.part !== part {
            part = step.part
            family = ProtobufFamily(part.protobuf)
        }
        var chunk = ValueChunk()
        part.store.values(
            step.source, series: step.series, identities: step.blocks.identities, into: &chunk)
        family.collect(
            family: step.family, source: step.column, chunk, series: step.series, blocks: step.blocks)
        isWriting = step.isLastOfFamily
    }
}

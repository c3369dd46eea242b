package import MetricModel

/// What is the same in all pages of the protobuf format.
package struct ProtobufPage: Sendable {
    /// By family.
    fileprivate let heads: [[UInt8]]
    /// By family and source.
    fileprivate let renderers: [[ProtobufRenderer]]
    fileprivate let labelCountMax: Int

    package init(_ catalog: MetricCatalog) {
        heads = catalog.families.map {
            ProtobufFormat.head(name: $0.name.text, kind: $0.kind, help: $0.help)
        }
        renderers = catalog.families.map { family in
            family.sources.map { ProtobufRenderer(catalog.tables[$0.table].instruments[$0.instrument]) }
        }
        // With the fixed label and the mark of overflow.
        labelCountMax = (catalog.tables.map(\.labels.count).max() ?? 0) + 2
    }
}

/// One family of a page on its way.
///
/// A message begins with its length, so a family's values are collected whole before its first byte is written:
/// 8 bytes for each bucket, sum and start of each series. What is written of it is bounded by the caller.
package struct ProtobufFamily {
    private struct Piece {
        let source: Int
        let series: ArraySlice<UInt32>
        let blocks: LabelBlocks
        let chunk: ValueChunk
    }

    private let page: ProtobufPage
    private let message: MetricMessage
    private var number = 0
    private var pieces: [Piece] = []
    private var byteCount = 0
    /// The next series to write: a piece, and a place in it.
    private var place: (piece: Int, offset: Int)?

    package init(_ page: ProtobufPage) {
        self.page = page
        message = MetricMessage(
            labelCountMax: page.labelCountMax, bucketCountMax: BucketLayout.boundCountMax)
    }

    /// Takes the values of some series of a family; all of one family, then it is to be written.
    ///
    /// - Parameters:
    ///   - family: its number in the catalog.
    ///   - source: the number of the source in the family.
    package mutating func collect(
        family: Int, source: Int, _ chunk: ValueChunk, series: ArraySlice<UInt32>, blocks: LabelBlocks
    ) {
        precondition(place == nil, "the family before is written")
        guard chunk.isPresent.contains(true) else { return }
        number = family
        pieces.append(Piece(source: source, series: series, blocks: blocks, chunk: chunk))
        let renderer = page.renderers[family][source]
        for (offset, series) in series.enumerated() where chunk.isPresent[offset] {
            renderer.fill(message, chunk, offset: offset, series: series, blocks: blocks)
            let count = message.byteCount
            byteCount +=
                ProtobufFormat.varintByteCount(Int(ProtobufFormat.metricKey))
                + ProtobufFormat.varintByteCount(count) + count
        }
    }

    /// Writes on until `target` has `byteCountTarget` bytes or the family is complete.
    ///
    /// - Returns: whether it is complete; then the next one may be collected.
    package mutating func write(to target: inout TextBuffer, byteCountTarget: Int) -> Bool {
        if pieces.isEmpty { return true }
        var (piece, offset) = place ?? (0, 0)
        if place == nil {
            let head = page.heads[number]
            target.append(varint: UInt64(head.count + byteCount))
            target.append(contentsOf: head)
        }
        while piece < pieces.count {
            let renderer = page.renderers[number][pieces[piece].source]
            while offset < pieces[piece].series.count {
                guard target.count < byteCountTarget else {
                    place = (piece, offset)
                    return false
                }
                let current = pieces[piece]
                if current.chunk.isPresent[offset] {
                    let series = current.series[current.series.startIndex + offset]
                    renderer.fill(
                        message, current.chunk, offset: offset, series: series, blocks: current.blocks)
                    message.append(to: &target)
                }
                offset += 1
            }
            piece += 1
            offset = 0
        }
        pieces.removeAll(keepingCapacity: true)
        byteCount = 0
        place = nil
        return true
    }
}

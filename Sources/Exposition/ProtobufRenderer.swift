import MetricModel

/// Renders the samples of one instrument of one table as `Metric` messages.
struct ProtobufRenderer: Sendable {
    private let kind: InstrumentKind
    private let fixedName: [UInt8]
    private let fixedValue: [UInt8]

    init(_ instrument: Instrument) {
        kind = instrument.kind
        fixedName = Array((instrument.fixedLabel?.name.text ?? "").utf8)
        fixedValue = Array((instrument.fixedLabel?.value ?? "").utf8)
    }

    /// Fills `message` with one series.
    ///
    /// - Parameters:
    ///   - offset: the series' place in `chunk`.
    ///   - series: its number.
    func fill(
        _ message: MetricMessage, _ chunk: ValueChunk, offset: Int, series: UInt32, blocks: LabelBlocks
    ) {
        let block = blocks.range(Int(series))
        message.begin(textByteCountMax: block.count + fixedName.count + fixedValue.count)
        blocks.forEachLabel(of: Int(series)) { message.addLabel($0, $1) }
        if !fixedName.isEmpty {
            fixedName.withUnsafeBufferPointer { name in
                fixedValue.withUnsafeBufferPointer { message.addLabel(name, $0) }
            }
        }
        switch kind {
        case .counter, .daily: message.setCounter(chunk.amounts[offset], created: chunk.created[offset])
        case .info, .gauge: message.setGauge(chunk.amounts[offset])
        case .histogram(let layout):
            let count = layout.bucketCount
            message.setHistogram(
                bounds: layout.bounds, cells: chunk.cells[offset * count..<(offset + 1) * count],
                sum: chunk.amounts[offset], created: chunk.created[offset])
        }
    }
}

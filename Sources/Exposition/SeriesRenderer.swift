package import MetricModel

/// Renders the samples of one instrument of one table as lines of a text format.
///
/// Everything that is the same in all its lines is made once.
package struct SeriesRenderer: Sendable {
    private enum Form: Sendable {
        case single
        case histogram
    }

    private let form: Form
    /// The name, for a histogram with `_bucket`.
    private let name: [UInt8]
    private let sumName: [UInt8]
    private let countName: [UInt8]
    /// The name of the line that says when the series began; empty where there is to be none.
    private let createdName: [UInt8]
    /// What closes the labels of a line: `le="0.1"} ` for each bucket, then `direction="input"} `; one after
    /// another, because an array of arrays costs a reference count a line.
    private let closings: [UInt8]
    /// Where each of them ends in `closings`.
    private let closingEnds: [Int]
    private let cellCount: Int
    /// The most bytes that one series takes, its labels apart, and how often these come.
    private let fixedByteCountMax: Int
    private let lineCount: Int

    /// Digits, sign, point and exponent of any number.
    private static let numberByteCountMax = 32

    /// Lines of the text format 0.0.4.
    package init(_ instrument: Instrument) {
        self.init(instrument, bound: TextFormat.number, createdName: nil)
    }

    /// Lines of OpenMetrics.
    ///
    /// - Parameters:
    ///   - family: what the instrument's metric is there.
    ///   - createdLines: whether counters and histograms get their `_created` lines.
    package init(_ instrument: Instrument, openMetrics family: OpenMetricsFamily, createdLines: Bool) {
        let name = createdLines && family.type.hasCreated ? "\(family.name)_created" : nil
        self.init(instrument, bound: OpenMetrics.canonical, createdName: name)
    }

    private init(_ instrument: Instrument, bound: (Double) -> String, createdName: String?) {
        let base = instrument.metric.text
        let fixed = instrument.fixedLabel.map { label -> [UInt8] in
            var bytes = Array("\(label.name)=\"".utf8)
            Escaping.append(labelValue: label.value.utf8, to: &bytes)
            return bytes + Array("\"".utf8)
        }
        sumName = Array("\(base)_sum".utf8)
        countName = Array("\(base)_count".utf8)
        self.createdName = Array((createdName ?? "").utf8)
        cellCount = instrument.cellCount
        let closings: [[UInt8]]
        if case .histogram(let layout) = instrument.kind {
            form = .histogram
            name = Array("\(base)_bucket".utf8)
            let prefix = fixed.map { $0 + [UInt8(ascii: ",")] } ?? []
            closings =
                (layout.bounds + [.infinity]).map { prefix + Array("le=\"\(bound($0))\"} ".utf8) }
                + [(fixed ?? []) + Array("} ".utf8)]
        } else {
            form = .single
            name = Array(base.utf8)
            closings = [(fixed ?? []) + Array("} ".utf8)]
        }
        self.closings = Array(closings.joined())
        var end = 0
        closingEnds = closings.map { closing in
            end += closing.count
            return end
        }
        hasFixedLabel = fixed != nil
        lineCount = (form == .single ? 1 : cellCount + 2) + (createdName == nil ? 0 : 1)
        let names = [name, sumName, countName, self.createdName].reduce(0) { $0 + $1.count }
        fixedByteCountMax =
            closings.reduce(0) { $0 + $1.count } * 3 + lineCount * (names + Self.numberByteCountMax + 2)
    }

    private let hasFixedLabel: Bool

    /// The last closing, of lines without `le`.
    private var plainClosing: Range<Int> {
        (closingEnds.count > 1 ? closingEnds[closingEnds.count - 2] : 0)..<closings.count
    }

    /// Appends the lines of `series`, whose samples are in `chunk` in the same order.
    ///
    /// HOT: per line (benchmark `render`).
    package func append(
        _ chunk: ValueChunk, series: ArraySlice<UInt32>, blocks: LabelBlocks, to target: inout TextBuffer
    ) {
        for (offset, number) in series.enumerated() where chunk.isPresent[offset] {
            let block = blocks.range(Int(number))
            target.reserve(fixedByteCountMax + lineCount * block.count)
            switch form {
            case .single:
                target.append(name)
                appendPlain(block, blocks, to: &target)
                target.append(chunk.amounts[offset])
                target.append("\n")
            case .histogram:
                appendHistogram(chunk, offset, block, blocks, to: &target)
            }
            if !createdName.isEmpty, chunk.created[offset] > 0 {
                target.append(createdName)
                appendPlain(block, blocks, to: &target)
                target.append(milliseconds: UInt64(chunk.created[offset]))
                target.append("\n")
            }
        }
    }

    private func appendHistogram(
        _ chunk: ValueChunk, _ offset: Int, _ block: Range<Int>, _ blocks: LabelBlocks,
        to target: inout TextBuffer
    ) {
        var total: UInt64 = 0
        for cell in 0..<cellCount {
            total &+= chunk.cells[offset * cellCount + cell]
            target.append(name)
            target.append(blocks.bytes, block)
            target.append(closings, (cell == 0 ? 0 : closingEnds[cell - 1])..<closingEnds[cell])
            target.append(total)
            target.append("\n")
        }
        target.append(sumName)
        appendPlain(block, blocks, to: &target)
        target.append(chunk.amounts[offset])
        target.append("\n")
        target.append(countName)
        appendPlain(block, blocks, to: &target)
        target.append(total)
        target.append("\n")
    }

    /// The labels of a line without `le`: the block's last comma goes, and braces where there is no label.
    private func appendPlain(_ block: Range<Int>, _ blocks: LabelBlocks, to target: inout TextBuffer) {
        if hasFixedLabel {
            target.append(blocks.bytes, block)
            target.append(closings, plainClosing)
        } else if block.count > 1 {
            target.append(blocks.bytes, block.lowerBound..<block.upperBound - 1)
            target.append(closings, plainClosing)
        } else {
            target.append(" ")
        }
    }
}

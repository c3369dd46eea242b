import Bytes
package import MetricModel
package import OTLP
import Packs

/// What became of one span, in words.
package struct SpanExplanation: Sendable {
    /// A meter that took the span, or refused its values.
    package struct Match: Sendable {
        /// `pack/meter`.
        package let meter: String
        /// The series it touched with their amounts, `name{label="value"} +amount`; none where all was refused.
        package let series: [String]
        /// Values that were refused, by reason.
        package let refusals: [String]
    }

    package let name: String
    package let kind: String
    package let status: String
    /// Why the span is malformed; then no meter saw it.
    package let defect: SpanDefect?
    package let matches: [Match]
    /// What the span says to a fold; nil where no fold wants it.
    package let fold: FoldSpan?
}

extension Deriver {
    /// Explains every span of a body; nothing is staged for anybody.
    ///
    /// - Throws: `WireError` for a body that is no export request.
    package mutating func explain(_ body: RawSpan) throws(WireError) -> [SpanExplanation] {
        var explanations: [SpanExplanation] = []
        try reader.begin(body)
        while try reader.next(body) {
            let defect = reader.span.defect
            explanations.append(
                SpanExplanation(
                    name: text(reader.span.name, body), kind: Self.name(Intrinsic.kinds, reader.span.kind),
                    status: Self.name(Intrinsic.statuses, reader.span.statusCode), defect: defect,
                    matches: defect == nil ? matches(body) : [], fold: defect == nil ? fold(body) : nil
                )
            )
        }
        return explanations
    }

    private mutating func matches(_ body: RawSpan) -> [SpanExplanation.Match] {
        var matches: [SpanExplanation.Match] = []
        for number in 0..<program.meters.count {
            startBatch()
            startSpan()
            guard isSelected(by: program.meters[number], body) else { continue }
            stage(program.meters[number], number, body)
            matches.append(
                SpanExplanation.Match(
                    meter: program.meterNames[number], series: stagedSeries(), refusals: stagedRefusals()
                )
            )
        }
        return matches
    }

    private mutating func fold(_ body: RawSpan) -> FoldSpan? {
        startBatch()
        startSpan()
        guard emitFold(PlanCache.askedRole, body) else { return nil }
        let section = batch.folds.section(names: program.foldNames)
        batch.folds.reset()
        do {
            var reader = try FoldSection(section.span.bytes)
            return try reader.next(section.span.bytes)
        } catch {
            return nil
        }
    }

    private func stagedSeries() -> [String] {
        guard batch.active.count > 0 else { return [] }
        let row = batch.rows[Int(batch.active[0])]
        let layout = program.catalog.tables[Int(row.table)]
        var labels: [String] = []
        for (column, label) in layout.labels.enumerated() {
            let range = batch.values.range(row.key.value(column))
            if range.isEmpty { continue }
            labels.append("\(label)=\"\(String(decoding: batch.values.bytes[range], as: UTF8.self))\"")
        }
        var series: [String] = []
        for (index, instrument) in layout.instruments.enumerated()
        where row.touched & (1 &<< UInt32(index)) != 0 {
            let fixed = instrument.fixedLabel.map { ["\($0.name)=\"\($0.value)\""] } ?? []
            let amount = batch.amounts[Int(row.amountStart) + index]
            let shown = amount.rounded() == amount && abs(amount) < 1e15 ? "\(Int(amount))" : "\(amount)"
            let verb = instrument.cellCount > 0 ? "observes" : "+"
            let gap = verb == "+" ? "" : " "
            series.append(
                "\(instrument.metric){\((labels + fixed).joined(separator: ","))} \(verb)\(gap)\(shown)")
        }
        return series
    }

    private func stagedRefusals() -> [String] {
        batch.refusals.enumerated().filter { $0.element > 0 }.map { index, _ in
            RefusalReason.allCases[index % RefusalReason.allCases.count].label
        }
    }

    private func text(_ range: ByteRange, _ body: RawSpan) -> String {
        body.extracting(Int(range.offset)..<Int(range.offset + range.count)).withUnsafeBytes {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private static func name(_ names: [String], _ code: UInt64) -> String {
        code < UInt64(names.count) ? names[Int(code)] : "\(code)"
    }
}

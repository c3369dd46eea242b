import Bytes
package import MetricModel

/// A table's layout as the store keeps it, so that its series can be read when the packs have changed.
package enum LayoutCodec {
    private static let version: UInt8 = 1

    /// The layout as bytes: version, name, labels, instruments; the limits of labels are not part of it.
    package static func encode(_ layout: SeriesTableLayout) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(version)
        writer.text(layout.name)
        writer.varint(layout.labels.count)
        for label in layout.labels { writer.text(label.text) }
        writer.varint(layout.instruments.count)
        for instrument in layout.instruments {
            writer.text(instrument.metric.text)
            writer.text(instrument.fixedLabel?.name.text ?? "")
            writer.text(instrument.fixedLabel?.value ?? "")
            switch instrument.kind {
            case .counter: writer.byte(0)
            case .info: writer.byte(1)
            case .gauge: writer.byte(3)
            case .daily: writer.byte(4)
            case .histogram(let buckets):
                writer.byte(2)
                writer.varint(buckets.bounds.count)
                for bound in buckets.bounds { writer.fixed64(bound.bitPattern) }
            }
        }
        return writer.bytes
    }

    /// Reads what `encode` made.
    ///
    /// - Throws: `RecordError` for anything else.
    package static func decode(_ bytes: RawSpan) throws(RecordError) -> SeriesTableLayout {
        var reader = ByteReader(bytes)
        do {
            guard try reader.byte(bytes) == version else { throw reader.failure }
            let name = try reader.string(bytes)
            var labels: [LabelName] = []
            for _ in 0..<(try reader.number(below: RowKeyLimit.labelCount, bytes)) {
                labels.append(try LabelName(try reader.string(bytes)))
            }
            var instruments: [Instrument] = []
            for _ in 0..<(try reader.number(below: SeriesTableLayout.instrumentCountMax + 1, bytes)) {
                instruments.append(try instrument(&reader, bytes))
            }
            return SeriesTableLayout(
                name: name, labels: labels, valueLimits: [Int?](repeating: nil, count: labels.count),
                instruments: instruments
            )
        } catch {
            throw RecordError(description: "description of a table cannot be read: \(error)")
        }
    }

    private enum RowKeyLimit {
        static let labelCount = RowKey.columnCountMax + 1
    }

    private static func instrument(_ reader: inout ByteReader, _ bytes: RawSpan) throws -> Instrument {
        let metric = try MetricName(try reader.string(bytes))
        let label = try reader.string(bytes)
        let value = try reader.string(bytes)
        let kind: InstrumentKind
        switch try reader.byte(bytes) {
        case 0: kind = .counter
        case 1: kind = .info
        case 3: kind = .gauge
        case 4: kind = .daily
        case 2:
            var bounds: [Double] = []
            for _ in 0..<(try reader.number(below: BucketLayout.boundCountMax + 1, bytes)) {
                bounds.append(Double(bitPattern: try reader.fixed64(bytes)))
            }
            kind = .histogram(try BucketLayout(bounds: bounds))
        default: throw reader.failure
        }
        let fixed = label.isEmpty ? nil : FixedLabel(name: try LabelName(label), value: value)
        return Instrument(metric: metric, kind: kind, fixedLabel: fixed)
    }
}

extension ByteReader {
    fileprivate mutating func string(_ source: RawSpan) throws(ByteReaderError) -> String {
        let range = try text(source)
        return source.extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

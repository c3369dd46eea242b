internal import CProtobuf
package import MetricModel

/// Prometheus' protobuf format: `io.prometheus.client.MetricFamily` messages, each with its length before it.
///
/// Source: Prometheus' exposition formats page and `io/prometheus/client/metrics.proto`.
package enum ProtobufFormat {
    /// Field `metric` (4) of a `MetricFamily`, of wire type 2.
    static let metricKey: UInt64 = 4 << 3 | 2

    /// The bytes of a varint.
    static func varintByteCount(_ value: Int) -> Int {
        max(1, (UInt.bitWidth - UInt(value).leadingZeroBitCount + 6) / 7)
    }

    /// A `MetricFamily` without its metrics: these follow as further fields of the same message.
    static func head(name: String, kind: MetricFamily.Kind, help: String) -> [UInt8] {
        let type =
            switch kind {
            case .counter: PROM__METRIC_TYPE__COUNTER
            case .gauge: PROM__METRIC_TYPE__GAUGE
            case .histogram: PROM__METRIC_TYPE__HISTOGRAM
            }
        let total = kind == .counter && name.hasSuffix("_total")
        let unit = MetricUnit.suffix(of: total ? String(name.dropLast("_total".count)) : name)
        return withBinary(name) { name in
            withBinary(help) { help in
                withBinary(unit ?? "") { text in
                    var family = Prom__MetricFamily()
                    prom__metric_family__init(&family)
                    family.name = name
                    family.help = help
                    family.type = type
                    family.has_unit = unit == nil ? 0 : 1
                    family.unit = text
                    let byteCount = prom__metric_family__get_packed_size(&family)
                    return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
                        count = prom__metric_family__pack(&family, buffer.baseAddress)
                    }
                }
            }
        }
    }

    private static func withBinary(_ text: String, _ body: (ProtobufCBinaryData) -> [UInt8]) -> [UInt8] {
        var bytes = Array(text.utf8)
        // SAFETY: protobuf-c reads the bytes while packing, inside `body`, and never writes through `data`.
        return bytes.withUnsafeMutableBufferPointer { buffer in
            body(ProtobufCBinaryData(len: buffer.count, data: buffer.baseAddress))
        }
    }

    /// Appends a whole family of our own; nothing where it has no sample.
    package static func append(_ family: PlainFamily, to target: inout TextBuffer) {
        if family.samples.isEmpty { return }
        let labelCount = family.samples.map(\.labels.count).max() ?? 0
        let message = MetricMessage(labelCountMax: labelCount, bucketCountMax: BucketLayout.boundCountMax)
        var body = TextBuffer(byteCountTarget: 1 << 10)
        body.append(contentsOf: head(name: family.name, kind: family.kind, help: family.help))
        for sample in family.samples {
            let texts = sample.labels.map { (Array($0.name.utf8), Array($0.value.utf8)) }
            message.begin(textByteCountMax: texts.reduce(0) { $0 + $1.0.count + $1.1.count })
            for (name, value) in texts {
                name.withUnsafeBufferPointer { name in
                    value.withUnsafeBufferPointer { message.addLabel(name, $0) }
                }
            }
            switch (sample.value, family.kind) {
            case (.number(let value), .counter): message.setCounter(value, created: family.created)
            case (.number(let value), _): message.setGauge(value)
            case (.histogram(let bounds, let counts, let sum), _):
                message.setHistogram(bounds: bounds, cells: counts[...], sum: sum, created: family.created)
            }
            message.append(to: &body)
        }
        let byteCount = body.count
        target.append(varint: UInt64(byteCount))
        body.withBytes { bytes in
            target.append(contentsOf: [UInt8](bytes))
        }
    }
}

internal import CProtobuf
import MetricModel

extension RemoteWriteBatch {
    /// The batch as an `io.prometheus.write.v2.Request` of remote write 2.0.
    ///
    /// The start of a series is said twice: in the sample, as release candidate 4 of the specification has it, and in
    /// the series, where Prometheus 3.0 to 3.7 look for it. Either receiver skips what it does not know.
    package func version2() -> [UInt8] {
        var symbols = Symbols()
        var body = TextBuffer(byteCountTarget: series.count * 64 + 1)
        for series in series { append(series, &symbols, to: &body) }
        var target = TextBuffer(byteCountTarget: symbols.byteCount + body.count)
        for text in symbols.texts {
            let bytes = Array(text.utf8)
            target.append(varint: 4 << 3 | 2)
            target.append(varint: UInt64(bytes.count))
            target.append(contentsOf: bytes)
        }
        target.append(contentsOf: body.withBytes { [UInt8]($0) })
        return target.withBytes { [UInt8]($0) }
    }

    /// The texts of a request, each once.
    private struct Symbols {
        /// The first is empty, as the specification wants it.
        private(set) var texts = [""]
        private(set) var byteCount = 0
        private var numbers: [String: UInt32] = ["": 0]

        mutating func number(of text: String) -> UInt32 {
            if let known = numbers[text] { return known }
            let number = UInt32(texts.count)
            numbers[text] = number
            texts.append(text)
            // With key and length, of which few are longer.
            byteCount += text.utf8.count + 4
            return number
        }
    }

    private func append(_ series: Series, _ symbols: inout Symbols, to target: inout TextBuffer) {
        var references: [UInt32] = []
        for label in series.labels {
            references.append(symbols.number(of: label.name))
            references.append(symbols.number(of: label.value))
        }
        let family = families[series.family]
        var metadata = Rw2__Metadata()
        rw2__metadata__init(&metadata)
        metadata.type = family.type
        metadata.help_ref = symbols.number(of: family.help)
        metadata.unit_ref = symbols.number(of: family.unit)
        var sample = Rw2__Sample()
        rw2__sample__init(&sample)
        sample.value = series.value
        sample.timestamp = timestamp
        sample.start_timestamp = series.created
        // SAFETY: every pointer is used while packing only, inside the closures whose memory it points into, and
        // protobuf-c writes through none of them.
        references.withUnsafeMutableBufferPointer { references in
            withUnsafeMutablePointer(to: &metadata) { metadata in
                withUnsafeMutablePointer(to: &sample) { sample in
                    var list: UnsafeMutablePointer<Rw2__Sample>? = sample
                    withUnsafeMutablePointer(to: &list) { list in
                        var message = Rw2__TimeSeries()
                        rw2__time_series__init(&message)
                        message.n_labels_refs = references.count
                        message.labels_refs = references.baseAddress
                        message.n_samples = 1
                        message.samples = list
                        message.metadata = metadata
                        message.created_timestamp = series.created
                        let byteCount = rw2__time_series__get_packed_size(&message)
                        target.append(field: 5, byteCount: byteCount) {
                            rw2__time_series__pack(&message, $0)
                        }
                    }
                }
            }
        }
    }
}

internal import CProtobuf
import MetricModel

extension RemoteWriteBatch {
    /// The batch as a `prometheus.WriteRequest` of remote write 1.0.
    package func version1() -> [UInt8] {
        var target = TextBuffer(byteCountTarget: series.count * 256 + 1)
        for series in series { append(series, to: &target) }
        for number in Set(series.map(\.family)).sorted() { append(families[number], to: &target) }
        return target.withBytes { [UInt8]($0) }
    }

    private func append(_ series: Series, to target: inout TextBuffer) {
        var text: [UInt8] = []
        for label in series.labels {
            text += Array(label.name.utf8)
            text += Array(label.value.utf8)
        }
        // SAFETY: every pointer is used while packing only, inside the closures whose memory it points into, and
        // protobuf-c writes through none of them.
        text.withUnsafeMutableBufferPointer { text in
            var start = text.baseAddress
            var labels = series.labels.map { label in
                var message = Rw1__Label()
                rw1__label__init(&message)
                message.name = Self.take(label.name.utf8.count, from: &start)
                message.value = Self.take(label.value.utf8.count, from: &start)
                return message
            }
            labels.withUnsafeMutableBufferPointer { labels in
                var pointers = labels.indices.map { index in labels.baseAddress.map { $0 + index } }
                var sample = Rw1__Sample()
                rw1__sample__init(&sample)
                sample.value = series.value
                sample.timestamp = timestamp
                pointers.withUnsafeMutableBufferPointer { pointers in
                    withUnsafeMutablePointer(to: &sample) { sample in
                        var list: UnsafeMutablePointer<Rw1__Sample>? = sample
                        withUnsafeMutablePointer(to: &list) { list in
                            var message = Rw1__TimeSeries()
                            rw1__time_series__init(&message)
                            message.n_labels = pointers.count
                            message.labels = pointers.baseAddress
                            message.n_samples = 1
                            message.samples = list
                            let byteCount = rw1__time_series__get_packed_size(&message)
                            target.append(field: 1, byteCount: byteCount) {
                                rw1__time_series__pack(&message, $0)
                            }
                        }
                    }
                }
            }
        }
    }

    private func append(_ family: Family, to target: inout TextBuffer) {
        var text = Array((family.name + family.help + family.unit).utf8)
        // SAFETY: as above.
        text.withUnsafeMutableBufferPointer { text in
            var start = text.baseAddress
            var message = Rw1__MetricMetadata()
            rw1__metric_metadata__init(&message)
            message.type = family.type
            message.metric_family_name = Self.take(family.name.utf8.count, from: &start)
            message.help = Self.take(family.help.utf8.count, from: &start)
            message.unit = Self.take(family.unit.utf8.count, from: &start)
            let byteCount = rw1__metric_metadata__get_packed_size(&message)
            target.append(field: 3, byteCount: byteCount) { rw1__metric_metadata__pack(&message, $0) }
        }
    }

    private static func take(
        _ count: Int, from start: inout UnsafeMutablePointer<UInt8>?
    ) -> ProtobufCBinaryData {
        let data = ProtobufCBinaryData(len: count, data: start)
        start = start.map { $0 + count }
        return data
    }
}

extension RemoteWriteBatch.Family {
    /// The number of its type, which is the same in both versions.
    var type: Int32 {
        switch kind {
        case .counter: 1
        case .gauge: 2
        case .histogram: 3
        }
    }
}

extension TextBuffer {
    /// Appends a field of wire type 2: its key, its length, and the bytes that `pack` writes.
    mutating func append(field: UInt64, byteCount: Int, _ pack: (UnsafeMutablePointer<UInt8>) -> Int) {
        append(varint: field << 3 | 2)
        append(varint: UInt64(byteCount))
        append(byteCount: byteCount) { memory in
            let written = pack(memory)
            precondition(written == byteCount, "a message is as long as it was measured")
        }
    }
}

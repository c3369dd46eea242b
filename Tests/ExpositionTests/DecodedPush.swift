import CProtobuf
import Exposition

/// A message of remote write as protobuf-c reads it.
struct DecodedPush: Equatable {
    /// `name{label="value",…} value @timestamp`, and `from start` where the series says so.
    var series: [String] = []
    /// `type help unit` by series in version 2, by family in version 1.
    var metadata: [String] = []
    /// Of version 2.
    var symbols: [String] = []

    /// Reads a `prometheus.WriteRequest`.
    init?(version1 bytes: [UInt8]) {
        guard let request = rw1__write_request__unpack(nil, bytes.count, bytes) else { return nil }
        defer { rw1__write_request__free_unpacked(request, nil) }
        for index in 0..<request.pointee.n_timeseries {
            guard let one = request.pointee.timeseries[index]?.pointee, one.n_samples == 1,
                let sample = one.samples[0]?.pointee
            else { return nil }
            let labels = (0..<one.n_labels).compactMap { one.labels[$0]?.pointee }
            let pairs = labels.map { "\(Self.text($0.name))=\"\(Self.text($0.value))\"" }
            series.append(
                "{\(pairs.joined(separator: ","))} \(TextFormat.number(sample.value)) @\(sample.timestamp)")
        }
        for one in (0..<request.pointee.n_metadata).compactMap({ request.pointee.metadata[$0]?.pointee }) {
            metadata.append(
                "\(Self.text(one.metric_family_name)): \(one.type) '\(Self.text(one.help))' '\(Self.text(one.unit))'"
            )
        }
    }

    /// Reads an `io.prometheus.write.v2.Request`.
    init?(version2 bytes: [UInt8]) {
        guard let request = rw2__request__unpack(nil, bytes.count, bytes) else { return nil }
        defer { rw2__request__free_unpacked(request, nil) }
        symbols = (0..<request.pointee.n_symbols).map { Self.text(request.pointee.symbols[$0]) }
        for index in 0..<request.pointee.n_timeseries {
            guard let one = request.pointee.timeseries[index]?.pointee, one.n_samples == 1,
                let sample = one.samples[0]?.pointee, let described = one.metadata?.pointee,
                one.n_labels_refs % 2 == 0, sample.start_timestamp == one.created_timestamp
            else { return nil }
            let texts = (0..<one.n_labels_refs).map { symbols[Int(one.labels_refs[$0])] }
            let pairs = stride(from: 0, to: texts.count, by: 2).map { "\(texts[$0])=\"\(texts[$0 + 1])\"" }
            let start = sample.start_timestamp == 0 ? "" : " from \(sample.start_timestamp)"
            series.append(
                "{\(pairs.joined(separator: ","))} \(TextFormat.number(sample.value)) @\(sample.timestamp)\(start)"
            )
            let help = symbols[Int(described.help_ref)]
            metadata.append("\(described.type) '\(help)' '\(symbols[Int(described.unit_ref)])'")
        }
    }

    private static func text(_ data: ProtobufCBinaryData) -> String {
        String(decoding: UnsafeBufferPointer(start: data.data, count: data.len), as: UTF8.self)
    }
}

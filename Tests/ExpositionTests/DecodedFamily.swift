import CProtobuf
import Exposition

/// A `MetricFamily` message as protobuf-c reads it, told in lines of the text format.
struct DecodedFamily {
    let name: String
    let unit: String
    /// HELP, TYPE and samples as text 0.0.4 has them.
    let text: String
    /// When each metric began, in milliseconds since 1970; 0 where it does not say so.
    let created: [Int64]

    /// Reads messages with their lengths before them; nil where there is something else.
    static func all(_ bytes: [UInt8]) -> [DecodedFamily]? {
        var rest = bytes[...]
        var families: [DecodedFamily] = []
        while !rest.isEmpty {
            var count = 0
            var shift = 0
            while let byte = rest.popFirst() {
                count |= Int(byte & 0x7F) << shift
                shift += 7
                if byte & 0x80 == 0 { break }
            }
            guard count <= rest.count, let family = DecodedFamily(Array(rest.prefix(count))) else {
                return nil
            }
            families.append(family)
            rest = rest.dropFirst(count)
        }
        return families
    }

    private init?(_ bytes: [UInt8]) {
        guard let family = prom__metric_family__unpack(nil, bytes.count, bytes) else { return nil }
        defer { prom__metric_family__free_unpacked(family, nil) }
        let name = Self.text(family.pointee.name)
        self.name = name
        unit = family.pointee.has_unit != 0 ? Self.text(family.pointee.unit) : ""
        let types = [
            PROM__METRIC_TYPE__COUNTER: "counter", PROM__METRIC_TYPE__GAUGE: "gauge",
            PROM__METRIC_TYPE__HISTOGRAM: "histogram",
        ]
        let help = Self.text(family.pointee.help).replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        var lines = ["# HELP \(name) \(help)", "# TYPE \(name) \(types[family.pointee.type] ?? "?")"]
        var created: [Int64] = []
        for index in 0..<family.pointee.n_metric {
            guard let metric = family.pointee.metric[index]?.pointee else { return nil }
            let labels = (0..<metric.n_label).compactMap { metric.label[$0]?.pointee }.map { label in
                let value = Self.text(label.value).replacing("\\", with: "\\\\")
                    .replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
                return "\(Self.text(label.name))=\"\(value)\""
            }
            func line(_ suffix: String, _ value: Double, le: String? = nil) {
                let all = (labels + (le.map { ["le=\"\($0)\""] } ?? [])).joined(separator: ",")
                let braces = all.isEmpty ? "" : "{\(all)}"
                lines.append("\(name)\(suffix)\(braces) \(TextFormat.number(value))")
            }
            if let counter = metric.counter?.pointee {
                line("", counter.value)
                created.append(Self.milliseconds(counter.created_timestamp))
            } else if let gauge = metric.gauge?.pointee {
                line("", gauge.value)
                created.append(0)
            } else if let histogram = metric.histogram?.pointee {
                for bucket in (0..<histogram.n_bucket).compactMap({ histogram.bucket[$0]?.pointee }) {
                    let bound = TextFormat.number(bucket.upper_bound)
                    line("_bucket", Double(bucket.cumulative_count), le: bound)
                }
                line("_bucket", Double(histogram.sample_count), le: "+Inf")
                line("_sum", histogram.sample_sum)
                line("_count", Double(histogram.sample_count))
                created.append(Self.milliseconds(histogram.created_timestamp))
            } else {
                return nil
            }
        }
        self.created = created
        text = lines.map { $0 + "\n" }.joined()
    }

    private static func text(_ data: ProtobufCBinaryData) -> String {
        String(decoding: UnsafeBufferPointer(start: data.data, count: data.len), as: UTF8.self)
    }

    private static func milliseconds(_ time: UnsafeMutablePointer<Prom__Timestamp>?) -> Int64 {
        time.map { $0.pointee.seconds * 1_000 + Int64($0.pointee.nanos) / 1_000_000 } ?? 0
    }
}

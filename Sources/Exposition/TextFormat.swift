package import MetricModel

/// Prometheus' text format 0.0.4.
package enum TextFormat {
    /// The Content-Type of an answer.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Appends HELP and TYPE of a family.
    package static func appendHead(
        name: String, kind: MetricFamily.Kind, help: String, to target: inout [UInt8]
    ) {
        target += Array("# HELP \(name) ".utf8)
        Escaping.append(help: help, to: &target)
        target += Array("\n# TYPE \(name) \(kind.rawValue)\n".utf8)
    }

    /// Appends a whole family of our own; nothing where it has no sample.
    package static func append(_ family: PlainFamily, to target: inout [UInt8]) {
        if family.samples.isEmpty { return }
        appendHead(name: family.name, kind: family.kind, help: family.help, to: &target)
        for sample in family.samples {
            PlainLines(name: family.name, labels: sample.labels).append(sample.value, number, to: &target)
        }
    }

    /// A number as the format wants it: whole numbers without a point, `+Inf`, `-Inf`, `NaN`.
    package static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value.rounded() == value, abs(value) < 9e15 { return String(Int64(value)) }
        return value.description
    }
}

/// The lines of one series of a `PlainFamily`, in either text format.
struct PlainLines {
    let name: String
    let labels: [(name: String, value: String)]

    /// Appends the value's lines; `bound` writes what stands in `le`.
    func append(
        _ value: PlainFamily.Sample.Value, _ bound: (Double) -> String, to target: inout [UInt8]
    ) {
        switch value {
        case .number(let number): append("", number: TextFormat.number(number), to: &target)
        case .histogram(let bounds, let counts, let sum):
            var total: UInt64 = 0
            for (count, upper) in zip(counts, bounds + [.infinity]) {
                total &+= count
                append("_bucket", le: bound(upper), number: String(total), to: &target)
            }
            append("_sum", number: TextFormat.number(sum), to: &target)
            append("_count", number: String(total), to: &target)
        }
    }

    /// Appends one line.
    func append(_ suffix: String, le: String? = nil, number: String, to target: inout [UInt8]) {
        target += Array((name + suffix).utf8)
        let labels = labels + (le.map { [("le", $0)] } ?? [])
        for (index, label) in labels.enumerated() {
            target.append(index == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
            target += Array("\(label.name)=\"".utf8)
            Escaping.append(labelValue: label.value.utf8, to: &target)
            target.append(UInt8(ascii: "\""))
        }
        if !labels.isEmpty { target.append(UInt8(ascii: "}")) }
        target += Array(" \(number)\n".utf8)
    }
}

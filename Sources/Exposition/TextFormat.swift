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
            target += Array((family.name + sample.suffix).utf8)
            if !sample.labels.isEmpty {
                target.append(UInt8(ascii: "{"))
                for (index, label) in sample.labels.enumerated() {
                    if index > 0 { target.append(UInt8(ascii: ",")) }
                    target += Array("\(label.name)=\"".utf8)
                    Escaping.append(labelValue: label.value.utf8, to: &target)
                    target.append(UInt8(ascii: "\""))
                }
                target.append(UInt8(ascii: "}"))
            }
            target += Array(" \(number(sample.value))\n".utf8)
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

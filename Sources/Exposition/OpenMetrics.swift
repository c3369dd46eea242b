package import MetricModel

/// OpenMetrics 1.0.0 in text.
///
/// Source: the OpenMetrics specification 1.0.0, sections "Overall structure", "Metric types" and "Numbers".
package enum OpenMetrics {
    /// The last line of every page.
    package static let ending = Array("# EOF\n".utf8)

    /// Appends TYPE, UNIT and HELP of a family.
    package static func appendHead(_ family: OpenMetricsFamily, help: String, to target: inout [UInt8]) {
        target += Array("# TYPE \(family.name) \(family.type.rawValue)\n".utf8)
        if let unit = family.unit { target += Array("# UNIT \(family.name) \(unit)\n".utf8) }
        target += Array("# HELP \(family.name) ".utf8)
        Escaping.append(labelValue: help.utf8, to: &target)
        target.append(UInt8(ascii: "\n"))
    }

    /// Appends a whole family of our own; nothing where it has no sample.
    ///
    /// - Parameter createdLines: whether counters and histograms get their `_created` lines.
    package static func append(_ family: PlainFamily, createdLines: Bool, to target: inout [UInt8]) {
        if family.samples.isEmpty { return }
        let described = OpenMetricsFamily(
            fullName: family.name, kind: family.kind,
            isInfo: family.kind == .gauge && family.samples.allSatisfy(\.isOne))
        appendHead(described, help: family.help, to: &target)
        for sample in family.samples {
            PlainLines(name: family.name, labels: sample.labels).append(sample.value, canonical, to: &target)
            guard createdLines, described.type.hasCreated, family.created > 0 else { continue }
            let seconds =
                String(family.created / 1_000) + "." + String(1_000 + family.created % 1_000).dropFirst()
            PlainLines(name: described.name, labels: sample.labels)
                .append("_created", number: seconds, to: &target)
        }
    }

    /// A bound as it stands in `le`: with a point or an exponent, the exponent from a million on and below 0.0001.
    ///
    /// All writers agree on this form, so that `le` has the same text whoever exposes a bucket.
    package static func canonical(_ value: Double) -> String {
        guard value.isFinite else { return TextFormat.number(value) }
        let size = abs(value)
        guard size >= 1e6 else { return value.description }
        // Swift writes 1e+16 and more with an exponent, digits and point below: `12345678.0`, `1.5e+20`.
        let text = size.description
        let mantissa = text.prefix { $0 != "e" }
        let whole = mantissa.prefix { $0 != "." }
        let exponent =
            (text.split(separator: "e").dropFirst().first.flatMap { Int($0) } ?? 0) + whole.count - 1
        var digits = Substring(mantissa.filter { $0 != "." })
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        let rest = digits.dropFirst()
        let sign = value < 0 ? "-" : ""
        let power = exponent < 10 ? "0\(exponent)" : "\(exponent)"
        return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e+" + power
    }
}

extension PlainFamily.Sample {
    fileprivate var isOne: Bool {
        if case .number(1) = value { true } else { false }
    }
}

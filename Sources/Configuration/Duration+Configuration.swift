/// Durations as Prometheus writes them: `30s`, `5m`, `1h30m`, `250ms`, and `0`.
extension Duration: ConfigurationValue {
    package static var placeholder: String { "DURATION" }

    /// Units from long to short, in milliseconds; a year is 365 days, as in Prometheus.
    private static var units: [(name: String, milliseconds: Int64)] {
        [
            ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000),
            ("s", 1_000), ("ms", 1),
        ]
    }

    /// Reads numbers with units, each unit at most once and from long to short.
    ///
    /// - Throws: `ValueProblem` for anything else, a number without a unit included (but for `0`).
    package init(configurationText text: String) throws(ValueProblem) {
        guard let milliseconds = Self.milliseconds(in: text) else {
            throw ValueProblem(wanted: "a duration such as 30s, 5m or 1h30m")
        }
        self = .milliseconds(milliseconds)
    }

    private static func milliseconds(in text: String) -> Int64? {
        if text == "0" { return 0 }
        var rest = text[...]
        var units = Self.units[...]
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let number = Int64(digits), let index = units.firstIndex(where: { $0.name == name }) else {
                return nil
            }
            let (part, overflow) = number.multipliedReportingOverflow(by: units[index].milliseconds)
            let (sum, sumOverflow) = total.addingReportingOverflow(part)
            guard !overflow, !sumOverflow else { return nil }
            total = sum
            units = units[(index + 1)...]
        }
        return text.isEmpty ? nil : total
    }

    /// The shortest such text: `1m30s` for 90 s; below a millisecond is cut off.
    package var configurationText: String {
        let (seconds, attoseconds) = components
        var rest = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        guard rest > 0 else { return "0s" }
        var text = ""
        for unit in Self.units where unit.name != "y" && unit.name != "w" && rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }
}

/// A length of time in a range, a step or an offset.
package enum PromQLDuration: Equatable, Sendable {
    /// Negative only as an offset. Finer than a millisecond only where durations are numbers.
    case nanoseconds(Int64)
    /// One of Grafana's variables, which only the dashboard knows; `isNegative` only as an offset.
    case variable(GrafanaVariable, isNegative: Bool)

    var isZero: Bool { self == .nanoseconds(0) }

    /// The text in the form that both dialects read; seconds as a number where no unit is fine enough.
    package var text: String {
        switch self {
        case .variable(let variable, let isNegative): return (isNegative ? "-" : "") + "$\(variable.rawValue)"
        case .nanoseconds(let nanoseconds):
            let sign = nanoseconds < 0 ? "-" : ""
            let (milliseconds, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
            guard rest == 0 else { return sign + NumberText.canonical(Double(nanoseconds.magnitude) / 1e9) }
            return sign + Self.text(ofMilliseconds: milliseconds)
        }
    }

    private static func text(ofMilliseconds total: UInt64) -> String {
        if total == 0 { return "0s" }
        var rest = total
        var text = ""
        for (unit, length) in units {
            // Whole years and weeks only: `1w3d` would be right, but everybody reads and writes 10d.
            guard length < 604_800_000 || rest.isMultiple(of: length) else { continue }
            let (count, remainder) = rest.quotientAndRemainder(dividingBy: length)
            if count > 0 { text += "\(count)\(unit)" }
            rest = remainder
        }
        return text
    }

    /// In the order in which they may stand, with their milliseconds.
    private static let units: [(unit: String, length: UInt64)] = [
        ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000),
        ("s", 1_000), ("ms", 1),
    ]

    /// The nanoseconds of a text such as `1h30m`; every unit at most once, the longer before the shorter.
    /// - Returns: Nil if it is no such text, or more than the 292 years that 64 bits of nanoseconds can hold.
    static func nanoseconds(of text: String) -> Int64? {
        var rest = Substring(text)
        var total: Int64 = 0
        var next = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let count = Int64(digits),
                let place = units[next...].firstIndex(where: { $0.unit == unit })
            else { return nil }
            let (part, overflowed) = count.multipliedReportingOverflow(
                by: Int64(units[place].length) * 1_000_000)
            let (sum, alsoOverflowed) = total.addingReportingOverflow(part)
            guard !overflowed, !alsoOverflowed else { return nil }
            total = sum
            next = place + 1
            rest = rest.dropFirst(digits.count + unit.count)
        }
        return text.isEmpty ? nil : total
    }
}

/// Grafana's variables that stand for a duration, written `$__range` or `${__range}`.
package enum GrafanaVariable: String, CaseIterable, Sendable {
    /// At least four scrape intervals: what a rate needs.
    case rateInterval = "__rate_interval"
    /// The distance of two points in the panel.
    case interval = "__interval"
    /// The length of the time that the dashboard shows.
    case range = "__range"
}

import MetricModel
import Registry

/// What was added up by calendar days, of today and of this month.
struct DailySums: Sendable {
    /// One service in one environment.
    struct Sum: Sendable, Equatable {
        let service: String
        let environment: String
        var today = 0.0
        var month = 0.0
    }

    let registry: Registry
    let calendar: DayCalendar
    /// Nanoseconds since 1970.
    let now: @Sendable () -> UInt64

    private struct Key: Hashable {
        let service, environment: [UInt8]
    }

    /// Service, environment, day.
    private static let labelCount = 3
    /// Keeps the registry's lock for some microseconds.
    private static let seriesPerStep = 256

    /// The sums of everything that named a day of this month, by service and environment.
    ///
    /// What has no series of its own for want of room has no day, and is left out; `spanmeter_series_overflow_total`
    /// says so.
    func sums() -> [Sum] {
        let today = calendar.day(of: Int64(now() / 1_000_000_000))
        var places: [Key: Int] = [:]
        var sums: [Sum] = []
        for (table, layout) in registry.catalog.tables.enumerated()
        where layout.isHidden && layout.labels.count == Self.labelCount {
            walk(table) { service, environment, day, amount in
                guard day.starts(with: today.month) else { return }
                let key = Key(service: service, environment: environment)
                let place = places[key] ?? sums.count
                if place == sums.count {
                    places[key] = place
                    sums.append(
                        Sum(
                            service: String(decoding: service, as: UTF8.self),
                            environment: String(decoding: environment, as: UTF8.self)))
                }
                sums[place].month += amount
                if day == today.text { sums[place].today += amount }
            }
        }
        return sums.sorted { ($0.service, $0.environment) < ($1.service, $1.environment) }
    }

    private func walk(
        _ table: Int, _ body: (_ service: [UInt8], _ environment: [UInt8], _ day: [UInt8], Double) -> Void
    ) {
        let endNumber = registry.extent(ofTable: table).endNumber
        var chunk = ValueChunk()
        for begin in stride(from: 0, to: endNumber, by: Self.seriesPerStep) {
            let range = begin..<min(endNumber, begin + Self.seriesPerStep)
            let labels = registry.labels(table: table, range)
            let numbers = range.map { UInt32($0) }
            var identities = [UInt32](repeating: 0, count: range.upperBound)
            for (place, number) in range.enumerated() { identities[number] = labels.identities[place] }
            registry.values(
                MetricFamily.Source(table: table, instrument: 0), series: numbers[...],
                identities: identities,
                into: &chunk)
            var start = 0
            for place in 0..<range.count {
                let texts = (0..<Self.labelCount).map { column in
                    let end = Int(labels.ends[place * Self.labelCount + column])
                    defer { start = end }
                    return Array(labels.bytes[start..<end])
                }
                if chunk.isPresent[place] { body(texts[0], texts[1], texts[2], chunk.amounts[place]) }
            }
        }
    }
}

import MetricModel

extension SelfMetrics {
    /// What tests and model calls have cost by the calendar; nothing before there was any cost in the month.
    func costFamilies() -> [PlainFamily] {
        let sums = days.sums()
        func family(_ metric: OwnMetric, _ value: (DailySums.Sum) -> Double) -> PlainFamily {
            PlainFamily(
                metric,
                sums.map {
                    .init(
                        labels: [("service", $0.service), ("environment", $0.environment)], value: value($0))
                })
        }
        return [family(.costToday) { $0.today }, family(.costMonthToDate) { $0.month }]
    }
}

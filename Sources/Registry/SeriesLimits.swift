/// The bounds of the registry; what lies beyond them is folded into overflow series and counted.
package struct SeriesLimits: Sendable, Equatable {
    /// Distinct values of one label in one meter.
    package var valuesPerLabel: Int
    /// Series of one meter, its reserved overflow series apart.
    package var seriesPerMeter: Int
    /// Series of all meters together, the reserved overflow series apart.
    package var series: Int

    /// Reserved overflow series of one meter: pairs of service and environment.
    package static let reservedPerMeter = 64

    package init(valuesPerLabel: Int = 2_000, seriesPerMeter: Int = 20_000, series: Int = 200_000) {
        self.valuesPerLabel = valuesPerLabel
        self.seriesPerMeter = seriesPerMeter
        self.series = series
    }
}

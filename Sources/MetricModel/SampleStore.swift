/// Where the series of a catalog are kept for those who render them; see `Registry` and `GaugeBoard`.
package protocol SampleStore: Sendable {
    /// The tables and families that it has samples of.
    var catalog: MetricCatalog { get }

    /// How many series numbers a table has, and a number that changes when one stands for another series than
    /// before.
    func extent(ofTable table: Int) -> (endNumber: Int, labelGeneration: UInt64)

    /// The label values of series `range` of a table. Callers keep ranges to about a thousand.
    func labels(table: Int, _ range: Range<Int>) -> LabelChunk

    /// Copies the samples of `series` for one instrument into `chunk`; each series is consistent in itself.
    ///
    /// - Parameter identities: whom each series number of the table stood for when its labels were read; a
    ///   number that was given to another since then has no sample.
    func values(
        _ source: MetricFamily.Source, series: ArraySlice<UInt32>, identities: [UInt32],
        into chunk: inout ValueChunk
    )
}

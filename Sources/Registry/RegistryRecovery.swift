package import Bytes
package import MetricModel

/// Builds the series anew from a checkpoint and the journal behind it.
///
/// First every image, then every record in its order, then a `Registry` is made of it.
package struct RegistryRecovery: ~Copyable, Sendable {
    var state: Registry.State
    /// The tables as they were when the checkpoint was written.
    package let layouts: [SeriesTableLayout]

    /// - Parameters:
    ///   - layouts: the tables that images and records refer to.
    ///   - hash: the process' hash.
    ///   - holdsNewSeries: whether series that records bring show 0 at first.
    package init(layouts: [SeriesTableLayout], hash: ByteHash, holdsNewSeries: Bool) {
        self.layouts = layouts
        state = Registry.State(
            tables: layouts, limits: SeriesLimits(), hash: hash, holdsNewSeries: holdsNewSeries)
    }

    /// Restores one series.
    ///
    /// - Parameter sequence: the newest record that the image includes.
    package mutating func restore(
        _ image: RawSpan, table: Int, series: Int, sequence: UInt64
    ) throws(RecordError) {
        try state.restore(image, table: table, series: series, sequence: sequence)
    }

    /// Applies a record of the journal; what its series' images include is left out.
    package mutating func replay(_ record: RawSpan, sequence: UInt64) throws(RecordError) {
        try state.apply(record, sequence: sequence)
    }

    /// The number of the newest record that was seen.
    package var appliedSequence: UInt64 { state.appliedSequence }

    /// Whether the packs in force have the same tables.
    borrowing func matches(_ catalog: MetricCatalog) -> Bool {
        layouts.map(LayoutCodec.encode) == catalog.tables.map(LayoutCodec.encode)
    }

    /// The state with all series, under the numbers they had.
    consuming func finish() -> Registry.State {
        var state = state
        for table in state.tables.indices {
            state.tables[table].samples.forgetIncluded()
            state.tables[table].collectFree()
            state.tables[table].rebuildIndex()
        }
        if state.holdsNewSeries {
            state.queueRestoredHolds()
        } else {
            state.releaseAll()
        }
        state.sweep()
        return state
    }
}

extension Registry.State {
    /// Lets every series show its value.
    fileprivate mutating func releaseAll() {
        for table in tables.indices {
            for series in 0..<tables[table].endNumber { tables[table].samples.held[series] = 0 }
        }
        holds = HoldQueue()
    }
}

import MetricModel

/// How far a checkpoint has come.
package struct CheckpointPlace: Sendable {
    package var table: Int
    package var series: Int

    /// The beginning.
    package init(table: Int = 0, series: Int = 0) {
        self.table = table
        self.series = series
    }
}

extension Registry {
    /// Some series as a checkpoint keeps them.
    package struct CheckpointSlice: Sendable {
        /// One series.
        package struct Image: Sendable {
            package let table: Int
            package let series: Int
            /// For `RegistryRecovery.restore`; nil where the series is gone and its row has to be deleted.
            package let bytes: [UInt8]?
        }

        /// The newest record that all images include.
        package let sequence: UInt64
        package var images: [Image] = []
        /// Whether no series is left behind these.
        package var isLast = false
    }
}

extension Registry.State {
    /// Appends the series at `place` if a record behind `sequence` changed it.
    mutating func appendImage(
        of place: CheckpointPlace, changedBehind sequence: UInt64?, to slice: inout Registry.CheckpointSlice
    ) {
        if let sequence, tables[place.table].samples.sequences[place.series] <= sequence { return }
        switch tables[place.table].statuses[place.series] {
        case .live, .retiring:
            slice.images.append(
                Registry.CheckpointSlice.Image(
                    table: place.table, series: place.series,
                    bytes: image(of: place.series, in: place.table)))
        case .free, .announced:
            // What an announced series stands for now is in a record to come; the row is of the one before.
            slice.images.append(
                Registry.CheckpointSlice.Image(table: place.table, series: place.series, bytes: nil))
        }
    }
}

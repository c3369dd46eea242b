/// The label values of some series of one table, in the order of their numbers.
///
/// What was rendered from it stays right as long as the table's label generation is the same.
package struct LabelChunk: Sendable {
    /// All values one after another, label by label, series by series.
    package var bytes: [UInt8] = []
    /// Where each value ends in `bytes`: labels × series of them.
    package var ends: [UInt32] = []
    /// Whether the series stands for values beyond a limit.
    package var isOverflow: [Bool] = []
    /// Who has the number now; 0 where nobody does.
    package var identities: [UInt32] = []

    package init() {}

    package var seriesCount: Int { isOverflow.count }
}

/// The current samples of some series for one instrument, each series consistent in itself.
package struct ValueChunk: Sendable {
    /// Whether the series has a sample of this instrument at all.
    package var isPresent: [Bool] = []
    /// The counter's value, or the histogram's sum.
    package var amounts: [Double] = []
    /// The histogram's bucket counts, not cumulated, `bucketCount` a series; else empty.
    package var cells: [UInt64] = []
    /// When the series' value of this instrument began at 0, in milliseconds since 1970, one a series; 0 where that
    /// is not known, and then no created timestamp is written.
    package var created: [Int64] = []

    package init() {}

    /// Makes room for another chunk, keeping memory.
    package mutating func removeAll() {
        isPresent.removeAll(keepingCapacity: true)
        amounts.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        created.removeAll(keepingCapacity: true)
    }
}

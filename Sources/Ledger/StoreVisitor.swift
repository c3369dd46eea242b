/// Where a series stands: the caller's number of its table (below 2^31) and its slot there.
package struct SeriesPlace: Hashable, Sendable {
    /// The number of the table, below 2^31.
    package let table: UInt32

    /// The slot in the table.
    package let slot: UInt32

    /// A place; traps where `table` is too large, which is a mistake of the program.
    package init(table: UInt32, slot: UInt32) {
        precondition(table < 1 << 31, "number of a table out of range")
        self.table = table
        self.slot = slot
    }

    /// The row's number.
    var id: Int64 { Int64(table) << 32 | Int64(slot) }

    init(id: Int64) {
        table = UInt32(truncatingIfNeeded: id >> 32)
        slot = UInt32(truncatingIfNeeded: id)
    }
}

/// Takes what the store has when it is opened, in this order: values, layouts, series, folds, the ledger, records,
/// keys.
///
/// Bytes are valid during the call only. They are what was written: a row that is not ends the reading, and the
/// whole begins again with what could be salvaged.
package protocol StoreVisitor: ~Copyable {
    /// Reading begins, maybe a second time: what came before is void.
    mutating func begin()

    /// An opaque value, in the order of names.
    mutating func value(_ name: String, _ bytes: RawSpan)

    /// The description of tables, in the order of ids.
    mutating func layout(_ id: Int64, _ description: RawSpan)

    /// The image of a series; it includes the journal up to and with `sequence`.
    mutating func series(_ place: SeriesPlace, through sequence: Int64, _ image: RawSpan)

    /// The image of an open case or run; it includes the journal up to and with `sequence`.
    mutating func fold(_ id: Int64, through sequence: Int64, _ image: RawSpan)

    /// A row of the test ledger, in the order in which `History.load` wants them.
    mutating func ledger(_ row: LedgerRow)

    /// A journal record, in the order of sequence numbers.
    mutating func record(_ sequence: Int64, _ bytes: RawSpan)

    /// The keys of an entry, in the order of sequence numbers; `arrival` as it was given.
    mutating func keys(_ sequence: Int64, arrival: Int64, _ keys: RawSpan)
}

/// Not every visitor has use for the ledger.
extension StoreVisitor where Self: ~Copyable {
    package mutating func fold(_ id: Int64, through sequence: Int64, _ image: RawSpan) {}
    package mutating func ledger(_ row: LedgerRow) {}
}

public import Bytes

/// What one request adds to the series: rows of distinct label values with their amounts, not yet applied.
///
/// Rows of all tables share flat arrays, so that staging a span allocates nothing in the steady state. Rows and
/// values outlive the batch, because the next one needs mostly the same; `active` names those that have
/// amounts now. All is written by the functions here; that the arrays can be set elsewhere is the price of
/// inlining.
@usableFromInline package struct StagedBatch: ~Copyable, Sendable {
    /// One series' share of the batch.
    @usableFromInline package struct Row: BitwiseCopyable, Sendable {
        /// The number of its table in the catalog.
        package let table: Int32
        /// Its label values.
        package let key: RowKey
        /// Its amounts begin here in `amounts`, one an instrument.
        package let amountStart: Int32
        /// Its bucket counts begin here in `cells`, those of all its histograms one after another.
        package let cellStart: Int32
        /// Which instruments were given an amount: bit n is instrument n.
        @usableFromInline package var touched: UInt32 = 0
        /// How many spans met in this row; 0 while it is not active.
        @usableFromInline package var hits: UInt32 = 0
        /// The registry's number of its series, once it is known to have one of its own; else −1.
        @usableFromInline package var series: Int32 = -1
    }

    /// The widths of a table, as staging needs them.
    struct Shape: BitwiseCopyable, Sendable {
        let amountWidth: Int
        let cellWidth: Int
    }

    /// The label values that the rows' keys number.
    @usableFromInline package var values: ValueTable
    @usableFromInline package var rows = OwnedBuffer<Row>(capacity: 256)
    /// The rows that have amounts in this batch, in the order they were first hit.
    @usableFromInline package var active = OwnedBuffer<UInt32>(capacity: 256)
    /// Counter increments and histogram sums.
    @usableFromInline package var amounts = OwnedBuffer<Double>(capacity: 512)
    @usableFromInline package var cells = OwnedBuffer<UInt32>(capacity: 4096)
    /// What its spans say to folds.
    package var folds: StagedFolds
    /// Refused values: `meter × reasons + reason`.
    package private(set) var refusals: [UInt32]
    package private(set) var hasRefusals = false

    /// The registry's generation that the rows' series numbers are of.
    package private(set) var seriesGeneration: UInt64 = 0

    private let shapes: [Shape]
    /// The upper half of a row's hash, and its number plus one; 0 for a free place.
    private var index: OwnedBuffer<UInt64>
    private var mask: Int
    private var isForgotten = false

    // More rows or values than this are not kept for the next batch.
    private static let rowCountMax = 1 << 14
    private static let valueCountMax = RowKey.valueCountMax / 2
    /// About 4 MB of them.
    private static let foldSpanCountMax = 1 << 14

    /// - Parameters:
    ///   - catalog: the tables that rows refer to.
    ///   - meterCount: how many meters may refuse values.
    ///   - values: an empty value table of this batch's own.
    package init(catalog: MetricCatalog, meterCount: Int, values: consuming ValueTable) {
        folds = StagedFolds(byteCountMax: values.valueByteCountMax)
        self.values = values
        shapes = catalog.tables.map { table in
            Shape(
                amountWidth: table.instruments.count,
                cellWidth: table.instruments.reduce(0) { $0 + $1.cellCount }
            )
        }
        refusals = [UInt32](repeating: 0, count: meterCount * RefusalReason.allCases.count)
        index = OwnedBuffer(repeating: 0, count: 1024)
        mask = 1023
    }

    /// The row of table `table` with this key; made if there is none.
    ///
    /// HOT: per span and meter (benchmark `derive`).
    package mutating func row(table: Int32, key: RowKey) -> Int {
        let hash = key.hash(table)
        let tag = hash & 0xFFFF_FFFF_0000_0000
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            // SAFETY: `mask` is the index' size less one, and the index holds numbers of rows.
            let found = index[unchecked: position]
            if found == 0 { break }
            if found & 0xFFFF_FFFF_0000_0000 == tag {
                let candidate = Int(truncatingIfNeeded: found & 0xFFFF_FFFF) &- 1
                if rows[unchecked: candidate].table == table, rows[unchecked: candidate].key == key {
                    return candidate
                }
            }
            position = (position &+ 1) & mask
        }
        return insert(table: table, key: key, tag: tag, position: position)
    }

    private mutating func insert(table: Int32, key: RowKey, tag: UInt64, position: Int) -> Int {
        let shape = shapes[Int(table)]
        rows.append(
            Row(
                table: table, key: key, amountStart: Int32(amounts.count), cellStart: Int32(cells.count)
            )
        )
        amounts.append(repeating: 0, count: shape.amountWidth)
        cells.append(repeating: 0, count: shape.cellWidth)
        index[position] = tag | UInt64(rows.count)
        if rows.count * 2 > index.count { grow() }
        return rows.count - 1
    }

    private mutating func grow() {
        mask = index.count * 2 - 1
        index = OwnedBuffer(repeating: 0, count: mask + 1)
        for number in 0..<rows.count {
            let hash = rows[number].key.hash(rows[number].table)
            var position = Int(truncatingIfNeeded: hash) & mask
            while index[position] != 0 { position = (position + 1) & mask }
            index[position] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(number + 1)
        }
    }

    /// Counts one span into `row`, and marks the instruments of `present` as touched.
    ///
    /// HOT: per span and meter (benchmark `derive`).
    @inlinable @inline(__always) package mutating func hit(row: Int, present: UInt32) {
        let hits = rows[row].hits
        // SAFETY: the line above has checked the row.
        if hits == 0 { active.append(UInt32(truncatingIfNeeded: row)) }
        rows[unchecked: row].hits = hits &+ 1
        rows[unchecked: row].touched |= present
    }

    /// Marks an instrument of `row` as touched.
    package mutating func touch(row: Int, instrument: Int) {
        rows[row].touched |= 1 &<< UInt32(truncatingIfNeeded: instrument)
    }

    /// Adds to the amount at `index`, which is an instrument's number behind its row's `amountStart`.
    ///
    /// HOT: per span and instrument (benchmark `derive`).
    @inlinable @inline(__always) package mutating func add(_ amount: Double, at index: Int) {
        amounts[index] += amount
    }

    /// Counts one observation into the bucket at `index`, counted over all histograms of its table behind the
    /// row's `cellStart`.
    @inlinable @inline(__always) package mutating func count(at index: Int) { cells[index] &+= 1 }

    /// Counts a value of `meter` that was refused.
    package mutating func refuse(meter: Int, _ reason: RefusalReason) {
        hasRefusals = true
        refusals[meter * RefusalReason.allCases.count + Int(reason.rawValue)] &+= 1
    }

    /// Remembers the series of a row, so that it need not be looked up again.
    package mutating func setSeries(_ series: Int, ofRow row: Int) {
        rows[row].series = Int32(truncatingIfNeeded: series)
    }

    /// Forgets the series of all rows: the registry may have given their numbers to others.
    package mutating func forgetSeries(generation: UInt64) {
        for row in 0..<rows.count { rows[row].series = -1 }
        seriesGeneration = generation
    }

    /// Whether the batch has grown so large that it should be handed over.
    package var isFull: Bool {
        mutating get {
            rows.count > Self.rowCountMax || values.count > Self.valueCountMax
                || folds.spanCount > Self.foldSpanCountMax
        }
    }

    /// Makes the next `reset` forget rows and values.
    package mutating func forget() { isForgotten = true }

    /// Makes an empty batch; rows and values are kept unless they have become too many.
    ///
    /// - Returns: false when rows and values were forgotten, and their numbers with them.
    package mutating func reset() -> Bool {
        if hasRefusals {
            for slot in refusals.indices { refusals[slot] = 0 }
            hasRefusals = false
        }
        values.forgetCuts()
        folds.reset()
        if isFull || isForgotten {
            forgetRows()
            isForgotten = false
            return false
        }
        for index in 0..<active.count { clear(Int(active[index])) }
        active.removeAll()
        return true
    }

    private mutating func clear(_ row: Int) {
        let shape = shapes[Int(rows[row].table)]
        rows[row].hits = 0
        rows[row].touched = 0
        amounts.fill(with: 0, from: Int(rows[row].amountStart), count: shape.amountWidth)
        cells.fill(with: 0, from: Int(rows[row].cellStart), count: shape.cellWidth)
    }

    private mutating func forgetRows() {
        values.reset()
        index = OwnedBuffer(repeating: 0, count: 1024)
        mask = 1023
        rows = OwnedBuffer(capacity: 256)
        active = OwnedBuffer(capacity: 256)
        amounts = OwnedBuffer(capacity: 512)
        cells = OwnedBuffer(capacity: 4096)
    }
}

extension Instrument {
    /// How many bucket counts it needs in a row.
    package var cellCount: Int {
        if case .histogram(let layout) = kind { layout.bucketCount } else { 0 }
    }
}

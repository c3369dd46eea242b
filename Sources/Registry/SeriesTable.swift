import Bytes
import MetricModel

/// The series of one table: identity, samples, limits.
struct SeriesTable {
    /// What a series stands for; a part of its identity.
    enum Role: UInt8 {
        /// Spans with just these label values.
        case plain
        /// Spans one of whose label values was beyond its label's limit.
        case labelOverflow
        /// Spans for which no series was left, by service and environment.
        case reserved
    }

    let layout: SeriesTableLayout
    let keyWidth: Int
    let amountWidth: Int
    let cellWidth: Int
    /// For each instrument: where its buckets begin in a series' cells.
    let cellStarts: [Int]

    private(set) var count = 0
    private(set) var reservedCount = 0
    private var keys: [UInt32] = []
    private(set) var roles: [Role] = []
    private var hashes: [UInt64] = []
    private var index = [UInt32](repeating: 0, count: 16)
    private var mask = 15

    private(set) var touched: [UInt32] = []
    private(set) var amounts: [Double] = []
    private(set) var cells: [UInt64] = []

    /// The values that each label has in series of its own.
    var admitted: [Set<UInt32>]
    /// How many values each label was asked for; made when one is refused for the first time.
    var demand: [HyperLogLog?]
    /// Spans that were folded into overflow series.
    var overflowCount: UInt64 = 0

    init(_ layout: SeriesTableLayout) {
        self.layout = layout
        keyWidth = layout.labels.count
        amountWidth = layout.instruments.count
        var starts: [Int] = []
        var cells = 0
        for instrument in layout.instruments {
            starts.append(cells)
            cells += instrument.cellCount
        }
        cellStarts = starts
        cellWidth = cells
        admitted = [Set<UInt32>](repeating: [], count: layout.labels.count)
        demand = [HyperLogLog?](repeating: nil, count: layout.labels.count)
    }

    /// Series that count against the limits.
    var limitedCount: Int { count - reservedCount }

    static func hash(_ key: [UInt32], _ width: Int, _ role: Role) -> UInt64 {
        var state = UInt64(role.rawValue) &+ 0x9E37_79B9_7F4A_7C15
        for column in 0..<width {
            state = (state ^ UInt64(key[column])) &* 0xD1B5_4A32_D192_ED03
            state ^= state &>> 29
        }
        return state ^ (state &>> 32)
    }

    /// The series with this key; −1 where there is none.
    ///
    /// HOT: per row of a batch (benchmark `apply`).
    func find(_ key: [UInt32], _ role: Role, _ hash: UInt64) -> Int {
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            let found = index[position]
            if found == 0 { return -1 }
            let series = Int(found) - 1
            if hashes[series] == hash, roles[series] == role, matches(series, key) { return series }
            position = (position + 1) & mask
        }
    }

    private func matches(_ series: Int, _ key: [UInt32]) -> Bool {
        let start = series * keyWidth
        for column in 0..<keyWidth where keys[start + column] != key[column] { return false }
        return true
    }

    /// Adds a series that `find` does not know.
    mutating func insert(_ key: [UInt32], _ role: Role, _ hash: UInt64) -> Int {
        for column in 0..<keyWidth { keys.append(key[column]) }
        roles.append(role)
        hashes.append(hash)
        touched.append(0)
        for _ in 0..<amountWidth { amounts.append(0) }
        for _ in 0..<cellWidth { cells.append(0) }
        count += 1
        if role == .reserved { reservedCount += 1 }
        if count * 2 > index.count {
            mask = index.count * 2 - 1
            index = [UInt32](repeating: 0, count: mask + 1)
            for series in 0..<count - 1 { place(series) }
        }
        place(count - 1)
        return count - 1
    }

    private mutating func place(_ series: Int) {
        var position = Int(truncatingIfNeeded: hashes[series]) & mask
        while index[position] != 0 { position = (position + 1) & mask }
        index[position] = UInt32(series + 1)
    }

    /// The number of label `column`'s value in `series`.
    func value(_ series: Int, _ column: Int) -> UInt32 { keys[series * keyWidth + column] }

    /// Adds a row's amounts to a series.
    ///
    /// HOT: per row of a batch (benchmark `apply`).
    mutating func add(_ row: StagedBatch.Row, of batch: borrowing StagedBatch, to series: Int) {
        touched[series] |= row.touched
        let amountStart = Int(row.amountStart)
        let cellStart = Int(row.cellStart)
        precondition(amountStart + amountWidth <= batch.amounts.count, "row out of bounds")
        precondition(cellStart + cellWidth <= batch.cells.count, "row out of bounds")
        // SAFETY: the row's amounts and cells were checked above. The sums are checked once as a range, so that
        // both loops are without branches.
        for (offset, index) in (series * amountWidth..<(series + 1) * amountWidth).enumerated() {
            amounts[index] += batch.amounts[unchecked: amountStart &+ offset]
        }
        cells.withUnsafeMutableBufferPointer { cells in
            let cells = cells.extracting(series * cellWidth..<(series + 1) * cellWidth)
            for cell in cells.indices {
                cells[cell] &+= UInt64(batch.cells[unchecked: cellStart &+ cell])
            }
        }
    }
}

import Bytes
import MetricModel
import Registry

/// What a store would hold: images of series and the records behind them, cut where a test wants it.
struct SeriesJournal {
    private(set) var records: [(sequence: UInt64, bytes: [UInt8])] = []
    private(set) var images: [ImagePlace: (sequence: UInt64, bytes: [UInt8])] = [:]
    private(set) var lastSequence: UInt64 = 0
    private var checkpointed: UInt64 = 0
    private var running: (place: CheckpointPlace, start: UInt64)?

    struct ImagePlace: Hashable {
        let table: Int
        let series: Int
    }

    /// Keeps a record and gives it its number.
    mutating func append(_ record: [UInt8]) -> UInt64 {
        lastSequence += 1
        if !record.isEmpty { records.append((lastSequence, record)) }
        return lastSequence
    }

    /// Writes a slice of a checkpoint; the journal is cut when the last one is written.
    mutating func checkpoint(_ registry: Registry, seriesCountMax: Int) {
        var (place, start) = running ?? (CheckpointPlace(), lastSequence)
        let slice = registry.images(
            from: &place, changedBehind: checkpointed, seriesCountMax: seriesCountMax)
        for image in slice.images {
            let key = ImagePlace(table: image.table, series: image.series)
            images[key] = image.bytes.map { (slice.sequence, $0) }
        }
        if slice.isLast {
            records.removeAll { $0.sequence <= start }
            checkpointed = start
            running = nil
        } else {
            running = (place, start)
        }
    }

    /// The process has gone: so has the place of its checkpoint.
    mutating func forgetRunning() {
        running = nil
        // A new process knows only the numbers that it reads.
        checkpointed = 0
    }

    /// The registry that a new process makes of it.
    func recover(
        _ catalog: MetricCatalog, from layouts: [SeriesTableLayout]? = nil, limits: SeriesLimits,
        hash: ByteHash, holds: Bool
    ) throws -> Registry {
        var recovery = RegistryRecovery(
            layouts: layouts ?? catalog.tables, hash: hash, holdsNewSeries: holds)
        for (key, image) in images {
            try recovery.restore(
                image.bytes.span.bytes, table: key.table, series: key.series, sequence: image.sequence)
        }
        for record in records { try recovery.replay(record.bytes.span.bytes, sequence: record.sequence) }
        return Registry(catalog: catalog, limits: limits, recovery: recovery)
    }
}

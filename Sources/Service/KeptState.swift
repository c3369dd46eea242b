import Bytes
import Configuration
import Dedupe
import Folding
import Ledger
import Logging
import MetricModel
import Packs
import Registry

/// What a start finds in the data directory, ready to go on with; empty where nothing is kept.
struct KeptState: ~Copyable {
    let registry: Registry
    let window: DedupeWindow
    let secret: KeySecret
    /// Nil with `durability: off`.
    let store: Store?
    /// Who scraped the process before.
    let scrapers: [KeptScraper]
    /// Webhooks' deliveries that were taken before.
    let deliveries: [String]
    /// Open cases and runs, and the history of tests.
    let outcomes: KeptOutcomes
    /// Bytes of records that no checkpoint holds yet.
    let journalByteCount: Int

    /// Opens the store and recovers everything, or begins empty with `durability: off`.
    ///
    /// - Parameters:
    ///   - hash: the process' hash.
    ///   - now: nanoseconds since 1970.
    /// - Throws: `StoreError` where the directory cannot be used.
    static func open(
        _ settings: Settings, _ packs: PackSet, hash: ByteHash, now: @escaping @Sendable () -> UInt64,
        log: Logger
    ) throws(StoreError) -> KeptState {
        let catalog = packs.catalog
        let limits = SeriesLimits(
            valuesPerLabel: settings.limits.valuesPerLabel, seriesPerMeter: settings.limits.seriesPerMeter,
            series: settings.limits.series
        )
        let keeping = settings.keeping
        var recovery = Recovery(
            current: catalog.tables, folds: Folds(packs.folds, limits: FoldLimits(settings)),
            history: HistoryOptions(settings), hash: hash, holdsNewSeries: keeping.zeroFirst != nil,
            keyCountMax: keeping.dedupeSpans, keyAgeMax: keeping.dedupeWindow.milliseconds,
            now: Int64(now() / 1_000_000)
        )
        var random = SystemRandomNumberGenerator()
        guard keeping.durability != .off else {
            return KeptState(
                registry: recovery.takeRegistry(catalog, limits), window: recovery.takeWindow(),
                secret: KeySecret(using: &random), store: nil,
                scrapers: [], deliveries: [],
                outcomes: recovery.takeOutcomes(),
                journalByteCount: 0)
        }
        let store = try Store(
            directory: settings.data.text, now: { Int64(now() / 1_000_000_000) }, loading: &recovery)
        for notice in store.notices { log.warning("\(notice)") }
        for loss in recovery.losses.prefix(10) {
            log.warning("a part of the data could not be read", metadata: ["reason": "\(loss)"])
        }
        let secret = recovery.secret ?? KeySecret(using: &random)
        let isNew = recovery.isNew || recovery.secret == nil
        let journalByteCount = recovery.journalByteCount
        let scrapers = recovery.scrapers
        let deliveries = recovery.deliveries
        let outcomes = recovery.takeOutcomes()
        if outcomes.history.lostRowCount > 0 {
            log.warning(
                "rows of the test ledger could not be read",
                metadata: ["count": "\(outcomes.history.lostRowCount)"])
        }
        let registry = recovery.takeRegistry(catalog, limits)
        if registry.leftBehindCount > 0 {
            log.notice(
                "series have no place in the packs in force and are gone",
                metadata: ["count": "\(registry.leftBehindCount)"])
        }
        if isNew || registry.isRenumbered {
            try Self.writeWhole(registry, outcomes.folds, secret, to: store)
        }
        return KeptState(
            registry: registry, window: recovery.takeWindow(), secret: secret, store: store,
            scrapers: scrapers, deliveries: deliveries, outcomes: outcomes,
            journalByteCount: isNew || registry.isRenumbered ? 0 : journalByteCount)
    }

    /// Writes the secret and a checkpoint of everything under the tables of the packs in force.
    private static func writeWhole(
        _ registry: Registry, _ folds: Folds, _ secret: KeySecret, to store: Store
    ) throws(StoreError) {
        let layouts = registry.catalog.tables.enumerated().map {
            (id: Int64($0.offset), description: LayoutCodec.encode($0.element))
        }
        try store.replaceCheckpoint(layouts: layouts, through: store.lastSequence) { slice in
            let bytes = secret.storedBytes
            try slice.set(Recovery.Value.secret, bytes.span.bytes)
            var place = CheckpointPlace()
            var isLast = false
            while !isLast {
                let images = registry.images(from: &place, changedBehind: nil, seriesCountMax: 1_024)
                for image in images.images {
                    guard let bytes = image.bytes else { continue }
                    try slice.put(
                        SeriesPlace(image), through: store.lastSequence, image: bytes.span.bytes)
                }
                isLast = images.isLast
            }
            try FoldCheckpoint.writeAll(folds, to: slice)
        }
    }
}

extension SeriesPlace {
    /// Where the store keeps an image.
    init(_ image: Registry.CheckpointSlice.Image) {
        self.init(table: UInt32(image.table), slot: UInt32(image.series))
    }
}

extension FoldLimits {
    fileprivate init(_ settings: Settings) {
        self.init()
        foldTimeout = settings.tests.foldTimeout.milliseconds
        orphanTimeout = settings.tests.orphanTimeout.milliseconds
        openCaseCountMax = settings.limits.openCases
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}

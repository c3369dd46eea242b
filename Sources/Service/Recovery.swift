import Bytes
import Dedupe
import Folding
import Ledger
import MetricModel
import Registry

/// Takes what the store holds: the secret of span keys, the tables, the series, open cases and runs, the keys that
/// are still wanted.
struct Recovery: StoreVisitor, ~Copyable {
    /// Names of values in the store.
    enum Value {
        /// The key of the hash that makes span keys.
        static let secret = "dedupe_secret"
        /// Who scrapes.
        static let scrapers = "scrapers"
        /// Deliveries of webhooks that were taken.
        static let deliveries = "webhook_deliveries"
    }

    private let hash: ByteHash
    private let holdsNewSeries: Bool
    private let current: [SeriesTableLayout]
    private let keyCountMax: Int
    private let keyAgeMax: Int64
    /// Milliseconds since 1970.
    private let now: Int64

    /// Nil in a new store.
    private(set) var secret: KeySecret?
    /// Who scraped the process before.
    private(set) var scrapers: [KeptScraper] = []
    /// Webhooks' deliveries that were taken before.
    private(set) var deliveries: [String] = []
    private(set) var window: DedupeWindow
    private var registry: RegistryRecovery?
    /// Folds that know nothing, and those that know what was read.
    private let freshFolds: Folds
    private(set) var folds: Folds
    private let historyOptions: HistoryOptions
    private(set) var history: History
    private var layouts: [SeriesTableLayout] = []
    /// What could not be read, though its checksum was right: it is of a version that we do not know.
    private(set) var losses: [String] = []
    /// Bytes of the records that no checkpoint holds yet.
    private(set) var journalByteCount = 0

    /// - Parameters:
    ///   - current: the tables of the packs in force, for a new store.
    ///   - folds: those of the packs in force, without anything open.
    ///   - history: what the history of tests keeps.
    ///   - now: milliseconds since 1970.
    init(
        current: [SeriesTableLayout], folds: Folds, history: HistoryOptions, hash: ByteHash,
        holdsNewSeries: Bool, keyCountMax: Int, keyAgeMax: Int64, now: Int64
    ) {
        self.current = current
        freshFolds = folds
        self.folds = folds
        historyOptions = history
        self.history = History(history)
        self.hash = hash
        self.holdsNewSeries = holdsNewSeries
        self.keyCountMax = keyCountMax
        self.keyAgeMax = keyAgeMax
        self.now = now
        window = DedupeWindow(keyCountMax: keyCountMax, ageMax: keyAgeMax)
    }

    mutating func begin() {
        secret = nil
        scrapers = []
        deliveries = []
        window = DedupeWindow(keyCountMax: keyCountMax, ageMax: keyAgeMax)
        registry = nil
        folds = freshFolds
        history = History(historyOptions)
        layouts = []
        losses = []
        journalByteCount = 0
    }

    mutating func value(_ name: String, _ bytes: RawSpan) {
        switch name {
        case Value.secret: secret = KeySecret(bytes: bytes.withUnsafeBytes { [UInt8]($0) })
        case Value.deliveries: deliveries = Webhook.decode(bytes)
        case Value.scrapers: scrapers = KeptScraper.decode(bytes)
        default: break
        }
    }

    mutating func layout(_ id: Int64, _ description: RawSpan) {
        do throws(RecordError) {
            layouts.append(try LayoutCodec.decode(description))
        } catch {
            losses.append("table \(id): \(error)")
            // The tables behind it keep their numbers.
            layouts.append(SeriesTableLayout(name: "", labels: [], valueLimits: [], instruments: []))
        }
    }

    mutating func series(_ place: SeriesPlace, through sequence: Int64, _ image: RawSpan) {
        startRegistry()
        do throws(RecordError) {
            try registry?.restore(
                image, table: Int(place.table), series: Int(place.slot), sequence: UInt64(sequence))
        } catch {
            losses.append(error.description)
        }
    }

    mutating func fold(_ id: Int64, through sequence: Int64, _ image: RawSpan) {
        do throws(FoldError) {
            try folds.restore(image, id: id, sequence: UInt64(sequence), at: now)
        } catch {
            losses.append(error.description)
        }
    }

    mutating func ledger(_ row: LedgerRow) { history.load(row) }

    mutating func record(_ sequence: Int64, _ bytes: RawSpan) {
        startRegistry()
        journalByteCount += bytes.byteCount
        if bytes.byteCount == 0 { return }
        do throws(SectionError) {
            replay(try Envelope.split(bytes), sequence: UInt64(sequence))
        } catch {
            losses.append(error.description)
        }
    }

    /// Does again what a commit did; the ledger's rows were in the same transaction.
    private mutating func replay(_ envelope: Envelope, sequence: UInt64) {
        if !envelope.record.isEmpty {
            do throws(RecordError) {
                try registry?.replay(envelope.record.span.bytes, sequence: sequence)
            } catch {
                losses.append(error.description)
            }
        }
        if !envelope.folds.isEmpty {
            do throws(FoldError) {
                try folds.apply(envelope.folds.span.bytes, arrival: envelope.arrival, sequence: sequence)
            } catch {
                losses.append(error.description)
            }
        }
        if !envelope.outcomes.isEmpty {
            do throws(SectionError) {
                folds.close(
                    try OutcomeSection.decode(envelope.outcomes.span.bytes), sequence: sequence)
            } catch {
                losses.append(error.description)
            }
        }
    }

    mutating func keys(_ sequence: Int64, arrival: Int64, _ keys: RawSpan) {
        let milliseconds = arrival / 1_000_000
        if milliseconds < now - keyAgeMax { return }
        for start in stride(from: 0, to: keys.byteCount - SpanKey.byteCount + 1, by: SpanKey.byteCount) {
            let key = SpanKey(
                low: UInt64(littleEndian: keys.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)),
                high: UInt64(
                    littleEndian: keys.unsafeLoadUnaligned(fromByteOffset: start + 8, as: UInt64.self)))
            _ = window.insert(key, milliseconds)
        }
    }

    /// Whether the store knows no tables yet.
    var isNew: Bool { layouts.isEmpty }

    private mutating func startRegistry() {
        if registry != nil { return }
        registry = RegistryRecovery(
            layouts: layouts.isEmpty ? current : layouts, hash: hash, holdsNewSeries: holdsNewSeries)
    }

    /// The registry of everything that was read; asked for once.
    mutating func takeRegistry(_ catalog: MetricCatalog, _ limits: SeriesLimits) -> Registry {
        startRegistry()
        guard let registry = registry.take() else {
            preconditionFailure("the line above has made one")
        }
        return Registry(catalog: catalog, limits: limits, recovery: registry)
    }

    /// What is known of tests; asked for once.
    mutating func takeOutcomes() -> KeptOutcomes {
        history.finishLoading()
        defer { history = History(historyOptions) }
        // A case that was decided at once leaves nothing but its result.
        for known in history.resultCounts(in: folds.runKeys) {
            folds.expect(known.count, of: known.test, in: known.run)
        }
        return KeptOutcomes(folds: folds, history: history)
    }

    /// The keys that are known; asked for once.
    mutating func takeWindow() -> DedupeWindow {
        var taken = DedupeWindow(keyCountMax: 0, ageMax: 0)
        swap(&taken, &window)
        return taken
    }
}

import MetricModel
import OTLP
import Packs
import Registry
import Synchronization

/// What spanmeter says of itself on `/metrics`; its metrics are declared in `OwnMetric`.
final class SelfMetrics: Sendable {
    private let version: String
    private let configurationHash: String
    /// Milliseconds since 1970: all counters and histograms of its own began then.
    private let started: Int64
    private let registry: Registry
    let intake: Intake
    private let counters: SpanCounters
    private let requests: RequestMetrics
    /// `pack/meter` of each meter, as refusals are numbered.
    private let meterNames: [String]
    let objectives: [Objective]
    private let prices: PriceTable
    let days: DailySums
    let skills: SkillDoor?
    private let occupancy: Mutex<(@Sendable () -> Occupancy)?> = Mutex(nil)
    private let scrapes = Mutex(Scrapes())

    /// What the receivers hold at this moment.
    struct Occupancy: Sendable {
        let inflightBytes: Int
        let receiverConnections: Int
        let scrapeConnections: Int
    }

    private struct Scrapes {
        var counts = [UInt64](repeating: 0, count: SelfMetrics.scrapeBounds.count + 1)
        var sum = 0.0
    }

    private static let scrapeBounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
    ]

    init(
        version: String, configurationHash: String, started: Int64, intake: Intake,
        counters: SpanCounters, requests: RequestMetrics, meterNames: [String],
        objectives: [Objective], prices: PriceTable, days: DailySums, skills: SkillDoor? = nil
    ) {
        self.version = version
        self.configurationHash = configurationHash
        self.started = started
        registry = intake.registry
        self.intake = intake
        self.counters = counters
        self.requests = requests
        self.meterNames = meterNames
        self.objectives = objectives
        self.prices = prices
        self.days = days
        self.skills = skills
    }

    /// Says where the receivers' occupancy is to be had, as soon as there are receivers.
    func setOccupancy(_ read: @escaping @Sendable () -> Occupancy) {
        occupancy.withLock { $0 = read }
    }

    /// Counts one finished scrape.
    func recordScrape(seconds: Double) {
        let bucket = Self.scrapeBounds.firstIndex { seconds <= $0 } ?? Self.scrapeBounds.count
        scrapes.withLock { scrapes in
            scrapes.counts[bucket] += 1
            scrapes.sum += seconds
        }
    }

    /// All families with their samples, sorted by name.
    func families() -> [PlainFamily] {
        let families =
            identity() + spanFamilies() + keepingFamilies() + seriesFamilies() + requestFamilies()
            + testFamilies() + skillFamilies() + costFamilies() + objectiveFamilies() + process()
        return families.map { family in
            var family = family
            family.created = started
            return family
        }.sorted { $0.name < $1.name }
    }

    private func identity() -> [PlainFamily] {
        let scrapes = scrapes.withLock { $0 }
        return [
            PlainFamily(
                .buildInfo, [.init(labels: [("version", version)], value: 1)]
            ),
            PlainFamily(
                .configInfo, [.init(labels: [("hash", configurationHash)], value: 1)]
            ),
            PlainFamily(
                .priceTableInfo,
                prices.models.isEmpty
                    ? []
                    : [.init(labels: [("version", prices.version), ("source", prices.source)], value: 1)]
            ),
            PlainFamily(
                .scrapeSeconds, PlainFamily.histogram([], Self.scrapeBounds, scrapes.counts, scrapes.sum)
            ),
        ]
    }

    private func spanFamilies() -> [PlainFamily] {
        let counts = counters.snapshot
        var refused: [PlainFamily.Sample] = []
        for (index, count) in counts.refused.enumerated() where count > 0 {
            let meter = meterNames[index / RefusalReason.allCases.count]
            let reason = RefusalReason.allCases[index % RefusalReason.allCases.count].label
            refused.append(.init(labels: [("meter", meter), ("reason", reason)], value: Double(count)))
        }
        return [
            PlainFamily(
                .spansReceivedTotal,
                zip(WireProtocol.allCases, counts.received).map {
                    .init(labels: [("protocol", $0.rawValue)], value: Double($1))
                }
            ),
            PlainFamily(
                .spansRejectedTotal,
                zip(SpanDefect.allCases, counts.rejected).map {
                    .init(labels: [("reason", $0.rawValue)], value: Double($1))
                }
            ),
            PlainFamily(
                .spansUnmatchedTotal, [.init(value: Double(counts.unmatched))]
            ),
            PlainFamily(
                .valuesRefusedTotal, refused
            ),
            PlainFamily(
                .labelValuesCutTotal, [.init(value: Double(counts.valuesCut))]
            ),
            PlainFamily(
                .spanAgeSeconds, PlainFamily.histogram([], SpanCounters.ageBounds, counts.ages, counts.ageSum)
            ),
            PlainFamily(
                .clockSkewSeconds, [.init(value: counts.skewMax)]
            ),
        ]
    }

    private func keepingFamilies() -> [PlainFamily] {
        let figures = intake.figures.snapshot
        let known = intake.knownSpans
        var families = [
            PlainFamily(
                .spansDuplicateTotal, [.init(value: Double(counters.snapshot.repeated))]
            ),
            PlainFamily(
                .dedupeEvictedEarlyTotal, [.init(value: Double(known.evictedEarlyCount))]
            ),
            PlainFamily(
                .dedupeSpans, [.init(value: Double(known.count))]
            ),
            PlainFamily(
                .dedupeWindowSeconds, [.init(value: known.ageSeconds)]
            ),
            PlainFamily(
                .seriesHeld, [.init(value: Double(registry.heldCount))]
            ),
        ]
        if intake.store != nil {
            families += [
                PlainFamily(
                    .journalBytes, [.init(value: Double(figures.journalByteCount))]
                ),
                PlainFamily(
                    .commitSeconds,
                    PlainFamily.histogram([], IntakeFigures.bounds, figures.commits, figures.commitSeconds)
                ),
                PlainFamily(
                    .commitFailuresTotal, [.init(value: Double(figures.failureCount))]
                ),
            ]
        }
        return families
    }

    private func seriesFamilies() -> [PlainFamily] {
        let statistics = registry.statistics()
        var series: [PlainFamily.Sample] = []
        var overflow: [PlainFamily.Sample] = []
        var values: [PlainFamily.Sample] = []
        for (layout, table) in zip(registry.catalog.tables, statistics.tables) where table.seriesCount > 0 {
            series.append(.init(labels: [("meter", layout.name)], value: Double(table.seriesCount)))
            overflow.append(.init(labels: [("meter", layout.name)], value: Double(table.overflowCount)))
            for (label, demand) in zip(layout.labels, table.valueDemand) {
                values.append(
                    .init(labels: [("meter", layout.name), ("label", label.text)], value: demand.rounded())
                )
            }
        }
        return [
            PlainFamily(.series, series),
            PlainFamily(
                .seriesLimit, [.init(value: Double(registry.limits.series))]
            ),
            PlainFamily(
                .seriesOverflowTotal, overflow
            ),
            PlainFamily(
                .labelValues, values
            ),
        ]
    }

    private func requestFamilies() -> [PlainFamily] {
        let snapshot = requests.snapshot()
        var families = [
            PlainFamily(
                .requestsTotal,
                snapshot.requests.map { request in
                    .init(
                        labels: [
                            ("protocol", request.wire.rawValue), ("signal", request.signal.rawValue),
                            ("code", request.code.text),
                        ],
                        value: Double(request.count)
                    )
                }
            ),
            PlainFamily(
                .requestSeconds,
                snapshot.durations.flatMap { durations in
                    PlainFamily.histogram(
                        [("protocol", durations.wire.rawValue)], RequestMetrics.secondsBounds,
                        durations.counts,
                        durations.sumSeconds
                    )
                }
            ),
            PlainFamily(
                .connectionsEndedTotal,
                snapshot.ends.map { end in
                    .init(
                        labels: [("listener", end.listener.rawValue), ("reason", end.reason.rawValue)],
                        value: Double(end.count)
                    )
                }
            ),
        ]
        if let occupancy = occupancy.withLock({ $0 })?() {
            families += [
                PlainFamily(
                    .inflightBytes, [.init(value: Double(occupancy.inflightBytes))]
                ),
                PlainFamily(
                    .connections,
                    [
                        .init(labels: [("listener", "otlp")], value: Double(occupancy.receiverConnections)),
                        .init(labels: [("listener", "metrics")], value: Double(occupancy.scrapeConnections)),
                    ]
                ),
            ]
        }
        return families
    }

    private func process() -> [PlainFamily] {
        let figures = ProcessFigures.read()
        func gauge(_ metric: OwnMetric, _ value: Double) -> PlainFamily {
            PlainFamily(metric, [.init(value: value)])
        }
        return [
            PlainFamily(
                .processCpuSecondsTotal, [.init(value: figures.cpuSeconds)]
            ),
            gauge(.processResidentMemoryBytes, figures.residentBytes),
            gauge(.processVirtualMemoryBytes, figures.virtualBytes),
            gauge(.processOpenFds, figures.openFiles),
            gauge(.processMaxFds, figures.maxFiles),
            gauge(.processStartTimeSeconds, figures.startSeconds),
        ]
    }
}

extension PlainFamily {
    /// One series of a histogram from counts that are not cumulated.
    fileprivate static func histogram(
        _ labels: [(name: String, value: String)], _ bounds: [Double], _ counts: [UInt64], _ sum: Double
    ) -> [Sample] {
        [Sample(labels: labels, bounds: bounds, counts: counts, sum: sum)]
    }
}

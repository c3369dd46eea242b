import MetricModel
import OTLP
import Packs
import Registry
import Synchronization

/// What spanmeter says of itself on `/metrics`; every series of its own is declared here and nowhere else.
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
        objectives: [Objective]
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
            + testFamilies() + objectiveFamilies() + process()
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
                "spanmeter_build_info", .gauge, "The running version; always 1.",
                [.init(labels: [("version", version)], value: 1)]
            ),
            PlainFamily(
                "spanmeter_config_info", .gauge, "The configuration in force; always 1.",
                [.init(labels: [("hash", configurationHash)], value: 1)]
            ),
            PlainFamily(
                "spanmeter_scrape_seconds", .histogram, "Time from the start of a scrape to its last chunk.",
                PlainFamily.histogram([], Self.scrapeBounds, scrapes.counts, scrapes.sum)
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
                "spanmeter_spans_received_total", .counter,
                "Spans of requests that were taken, malformed ones too.",
                zip(WireProtocol.allCases, counts.received).map {
                    .init(labels: [("protocol", $0.rawValue)], value: Double($1))
                }
            ),
            PlainFamily(
                "spanmeter_spans_rejected_total", .counter, "Malformed spans that were dropped.",
                zip(SpanDefect.allCases, counts.rejected).map {
                    .init(labels: [("reason", $0.rawValue)], value: Double($1))
                }
            ),
            PlainFamily(
                "spanmeter_spans_unmatched_total", .counter, "Spans that no meter of any pack wanted.",
                [.init(value: Double(counts.unmatched))]
            ),
            PlainFamily(
                "spanmeter_values_refused_total", .counter,
                "Attribute values that were present but unusable.", refused
            ),
            PlainFamily(
                "spanmeter_label_values_cut_total", .counter, "Label values that were longer than the limit.",
                [.init(value: Double(counts.valuesCut))]
            ),
            PlainFamily(
                "spanmeter_span_age_seconds", .histogram,
                "Time from the end of a request's newest span to its arrival.",
                PlainFamily.histogram([], SpanCounters.ageBounds, counts.ages, counts.ageSum)
            ),
            PlainFamily(
                "spanmeter_clock_skew_seconds", .gauge, "The farthest that a span ended after its arrival.",
                [.init(value: counts.skewMax)]
            ),
        ]
    }

    private func keepingFamilies() -> [PlainFamily] {
        let figures = intake.figures.snapshot
        let known = intake.knownSpans
        var families = [
            PlainFamily(
                "spanmeter_spans_duplicate_total", .counter,
                "Spans that were sent again and did not count again.",
                [.init(value: Double(counters.snapshot.repeated))]
            ),
            PlainFamily(
                "spanmeter_dedupe_evicted_early_total", .counter,
                "Spans that were forgotten before dedupe.window was over, because there were too many.",
                [.init(value: Double(known.evictedEarlyCount))]
            ),
            PlainFamily(
                "spanmeter_dedupe_spans", .gauge, "Spans that are known, and would not count again.",
                [.init(value: Double(known.count))]
            ),
            PlainFamily(
                "spanmeter_dedupe_window_seconds", .gauge, "How long ago the oldest known span came.",
                [.init(value: known.ageSeconds)]
            ),
            PlainFamily(
                "spanmeter_series_held", .gauge,
                "Samples of new series that show 0 until every scraper has seen the 0.",
                [.init(value: Double(registry.heldCount))]
            ),
        ]
        if intake.store != nil {
            families += [
                PlainFamily(
                    "spanmeter_journal_bytes", .gauge, "Bytes of the journal that no checkpoint holds yet.",
                    [.init(value: Double(figures.journalByteCount))]
                ),
                PlainFamily(
                    "spanmeter_commit_seconds", .histogram,
                    "Time that commits took; all that waits goes into one.",
                    PlainFamily.histogram([], IntakeFigures.bounds, figures.commits, figures.commitSeconds)
                ),
                PlainFamily(
                    "spanmeter_commit_failures_total", .counter,
                    "Commits that failed; senders were told to come again.",
                    [.init(value: Double(figures.failureCount))]
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
            PlainFamily("spanmeter_series", .gauge, "Series by meter, overflow series included.", series),
            PlainFamily(
                "spanmeter_series_limit", .gauge, "How many series there may be in all.",
                [.init(value: Double(registry.limits.series))]
            ),
            PlainFamily(
                "spanmeter_series_overflow_total", .counter, "Spans counted in overflow series by meter.",
                overflow
            ),
            PlainFamily(
                "spanmeter_label_values", .gauge,
                "Distinct values that a label was asked for, estimated beyond its limit.",
                values
            ),
        ]
    }

    private func requestFamilies() -> [PlainFamily] {
        let snapshot = requests.snapshot()
        var families = [
            PlainFamily(
                "spanmeter_requests_total", .counter, "Export requests answered.",
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
                "spanmeter_request_seconds", .histogram, "Time from a request's head to its answer.",
                snapshot.durations.flatMap { durations in
                    PlainFamily.histogram(
                        [("protocol", durations.wire.rawValue)], RequestMetrics.secondsBounds,
                        durations.counts,
                        durations.sumSeconds
                    )
                }
            ),
            PlainFamily(
                "spanmeter_connections_ended_total", .counter, "Connections refused or ended by spanmeter.",
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
                    "spanmeter_inflight_bytes", .gauge, "Bytes of request bodies in memory.",
                    [.init(value: Double(occupancy.inflightBytes))]
                ),
                PlainFamily(
                    "spanmeter_connections", .gauge, "Open connections.",
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
        func gauge(_ name: String, _ help: String, _ value: Double) -> PlainFamily {
            PlainFamily("process_" + name, .gauge, help, [.init(value: value)])
        }
        return [
            PlainFamily(
                "process_cpu_seconds_total", .counter, "User and system CPU time spent in seconds.",
                [.init(value: figures.cpuSeconds)]
            ),
            gauge("resident_memory_bytes", "Resident memory size in bytes.", figures.residentBytes),
            gauge("virtual_memory_bytes", "Virtual memory size in bytes.", figures.virtualBytes),
            gauge("open_fds", "Open file descriptors.", figures.openFiles),
            gauge("max_fds", "The most file descriptors that may be open.", figures.maxFiles),
            gauge("start_time_seconds", "Start time since the Unix epoch in seconds.", figures.startSeconds),
        ]
    }
}

extension PlainFamily {
    fileprivate init(_ name: String, _ kind: MetricFamily.Kind, _ help: String, _ samples: [Sample]) {
        self.init(name: name, kind: kind, help: help, samples: samples)
    }

    /// One series of a histogram from counts that are not cumulated.
    fileprivate static func histogram(
        _ labels: [(name: String, value: String)], _ bounds: [Double], _ counts: [UInt64], _ sum: Double
    ) -> [Sample] {
        [Sample(labels: labels, bounds: bounds, counts: counts, sum: sum)]
    }
}

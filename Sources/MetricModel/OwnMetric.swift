/// A metric that spanmeter says of itself: declared here, filled by the service, known to the checks of the kit.
package struct OwnMetric: Sendable {
    package let name: String
    package let kind: MetricFamily.Kind
    package let help: String
    package let labels: [String]

    private init(_ name: String, _ kind: MetricFamily.Kind, _ help: String, _ labels: [String] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
    }
}

extension PlainFamily {
    /// The family of a metric of our own.
    package init(_ metric: OwnMetric, _ samples: [Sample]) {
        self.init(name: metric.name, kind: metric.kind, help: metric.help, samples: samples)
    }
}

extension OwnMetric {
    package static let buildInfo = OwnMetric(
        "spanmeter_build_info", .gauge, "The running version; always 1.", ["version"])
    package static let configInfo = OwnMetric(
        "spanmeter_config_info", .gauge, "The configuration in force; always 1.", ["hash"])
    package static let priceTableInfo = OwnMetric(
        "spanmeter_price_table_info", .gauge,
        "The prices that costs of model calls are computed with; always 1, absent without prices.",
        ["version", "source"])
    package static let scrapeSeconds = OwnMetric(
        "spanmeter_scrape_seconds", .histogram, "Time from the start of a scrape to its last chunk.")
    package static let spansReceivedTotal = OwnMetric(
        "spanmeter_spans_received_total", .counter, "Spans of requests that were taken, malformed ones too.",
        ["protocol"])
    package static let spansRejectedTotal = OwnMetric(
        "spanmeter_spans_rejected_total", .counter, "Malformed spans that were dropped.", ["reason"])
    package static let spansUnmatchedTotal = OwnMetric(
        "spanmeter_spans_unmatched_total", .counter, "Spans that no meter of any pack wanted.")
    package static let valuesRefusedTotal = OwnMetric(
        "spanmeter_values_refused_total", .counter, "Attribute values that were present but unusable.",
        ["meter", "reason"])
    package static let labelValuesCutTotal = OwnMetric(
        "spanmeter_label_values_cut_total", .counter, "Label values that were longer than the limit.")
    package static let spanAgeSeconds = OwnMetric(
        "spanmeter_span_age_seconds", .histogram,
        "Time from the end of a request's newest span to its arrival.")
    package static let clockSkewSeconds = OwnMetric(
        "spanmeter_clock_skew_seconds", .gauge, "The farthest that a span ended after its arrival.")
    package static let spansDuplicateTotal = OwnMetric(
        "spanmeter_spans_duplicate_total", .counter, "Spans that were sent again and did not count again.")
    package static let dedupeEvictedEarlyTotal = OwnMetric(
        "spanmeter_dedupe_evicted_early_total", .counter,
        "Spans that were forgotten before dedupe.window was over, because there were too many.")
    package static let dedupeSpans = OwnMetric(
        "spanmeter_dedupe_spans", .gauge, "Spans that are known, and would not count again.")
    package static let dedupeWindowSeconds = OwnMetric(
        "spanmeter_dedupe_window_seconds", .gauge, "How long ago the oldest known span came.")
    package static let seriesHeld = OwnMetric(
        "spanmeter_series_held", .gauge,
        "Samples of new series that show 0 until every scraper has seen the 0.")
    package static let journalBytes = OwnMetric(
        "spanmeter_journal_bytes", .gauge, "Bytes of the journal that no checkpoint holds yet.")
    package static let commitSeconds = OwnMetric(
        "spanmeter_commit_seconds", .histogram, "Time that commits took; all that waits goes into one.")
    package static let commitFailuresTotal = OwnMetric(
        "spanmeter_commit_failures_total", .counter, "Commits that failed; senders were told to come again.")
    package static let series = OwnMetric(
        "spanmeter_series", .gauge, "Series by meter, overflow series included.", ["meter"])
    package static let seriesLimit = OwnMetric(
        "spanmeter_series_limit", .gauge, "How many series there may be in all.")
    package static let seriesOverflowTotal = OwnMetric(
        "spanmeter_series_overflow_total", .counter, "Spans counted in overflow series by meter.", ["meter"])
    package static let labelValues = OwnMetric(
        "spanmeter_label_values", .gauge,
        "Distinct values that a label was asked for, estimated beyond its limit.", ["meter", "label"])
    package static let requestsTotal = OwnMetric(
        "spanmeter_requests_total", .counter, "Export requests answered.", ["protocol", "signal", "code"])
    package static let requestSeconds = OwnMetric(
        "spanmeter_request_seconds", .histogram, "Time from a request's head to its answer.", ["protocol"])
    package static let connectionsEndedTotal = OwnMetric(
        "spanmeter_connections_ended_total", .counter, "Connections refused or ended by spanmeter.",
        ["listener", "reason"])
    package static let inflightBytes = OwnMetric(
        "spanmeter_inflight_bytes", .gauge, "Bytes of request bodies in memory.")
    package static let connections = OwnMetric(
        "spanmeter_connections", .gauge, "Open connections.", ["listener"])
    package static let processCpuSecondsTotal = OwnMetric(
        "process_cpu_seconds_total", .counter, "User and system CPU time spent in seconds.")
    package static let foldsResolvedEarlyTotal = OwnMetric(
        "spanmeter_folds_resolved_early_total", .counter,
        "Test cases that got their result early, because too many were open.")
    package static let foldsOrphanedTotal = OwnMetric(
        "spanmeter_folds_orphaned_total", .counter,
        "Test cases that got a result though their own span never came.")
    package static let foldsRevisedTotal = OwnMetric(
        "spanmeter_folds_revised_total", .counter,
        "Results of test cases that spans corrected after they were counted.")
    package static let testsUntrackedTotal = OwnMetric(
        "spanmeter_tests_untracked_total", .counter,
        "Results of tests beyond limits.tests, which have no history.")
    package static let trialsUntrackedTotal = OwnMetric(
        "spanmeter_trials_untracked_total", .counter,
        "Results of experiments, arms or skills beyond the limits, which are in no comparison.")
    package static let testsWindowCut = OwnMetric(
        "spanmeter_tests_window_cut", .gauge,
        "Results that were forgotten before their window was over, for want of memory.")
    package static let foldsOpen = OwnMetric(
        "spanmeter_folds_open", .gauge,
        "Test cases that wait for their result, and runs, workers and suites that are known.", ["kind"])
    package static let ledgerRows = OwnMetric(
        "spanmeter_ledger_rows", .gauge, "Rows of the test ledger by table.", ["table"])
    package static let costToday = OwnMetric(
        "spanmeter_cost_usd_today", .gauge,
        "What routing tests, and model calls outside of them, that ended today have cost in USD.",
        ["service", "environment"])
    package static let costMonthToDate = OwnMetric(
        "spanmeter_cost_usd_month_to_date", .gauge,
        "What routing tests, and model calls outside of them, that ended in this month have cost in USD.",
        ["service", "environment"])
    package static let skillLooksTotal = OwnMetric(
        "spanmeter_skill_looks_total", .counter, "Looks into the repository of skills.", ["result"])
    package static let webhookDeliveriesTotal = OwnMetric(
        "spanmeter_webhook_deliveries_total", .counter, "Deliveries of webhooks by what became of them.",
        ["result"])
    package static let objective = OwnMetric(
        "spanmeter_objective", .gauge, "Targets of the packs in force, as the configuration has them.",
        ["name", "bound"])
    package static let processResidentMemoryBytes = OwnMetric(
        "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.")
    package static let processVirtualMemoryBytes = OwnMetric(
        "process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.")
    package static let processOpenFds = OwnMetric(
        "process_open_fds", .gauge, "Open file descriptors.")
    package static let processMaxFds = OwnMetric(
        "process_max_fds", .gauge, "The most file descriptors that may be open.")
    package static let processStartTimeSeconds = OwnMetric(
        "process_start_time_seconds", .gauge, "Start time since the Unix epoch in seconds.")

    /// All of them; a test compares them with a page.
    package static let all: [OwnMetric] = [
        buildInfo,
        configInfo,
        priceTableInfo,
        scrapeSeconds,
        spansReceivedTotal,
        spansRejectedTotal,
        spansUnmatchedTotal,
        valuesRefusedTotal,
        labelValuesCutTotal,
        spanAgeSeconds,
        clockSkewSeconds,
        spansDuplicateTotal,
        dedupeEvictedEarlyTotal,
        dedupeSpans,
        dedupeWindowSeconds,
        seriesHeld,
        journalBytes,
        commitSeconds,
        commitFailuresTotal,
        series,
        seriesLimit,
        seriesOverflowTotal,
        labelValues,
        requestsTotal,
        requestSeconds,
        connectionsEndedTotal,
        inflightBytes,
        connections,
        processCpuSecondsTotal,
        foldsResolvedEarlyTotal,
        foldsOrphanedTotal,
        foldsRevisedTotal,
        testsUntrackedTotal, trialsUntrackedTotal,
        testsWindowCut,
        foldsOpen,
        ledgerRows,
        costToday, costMonthToDate,
        skillLooksTotal, webhookDeliveriesTotal,
        objective,
        processResidentMemoryBytes,
        processVirtualMemoryBytes,
        processOpenFds,
        processMaxFds,
        processStartTimeSeconds,
    ]
}

import ArgumentParser

/// The two ways in that the load can take.
enum WireProtocol: String, ExpressibleByArgument, CaseIterable {
    case http
    case grpc
}

/// What one run sends, and how it is observed.
struct Plan {
    let wire: WireProtocol
    let connections: Int
    let outstanding: Int
    /// Spans to send, or `nil` to send until the time is over.
    let spans: Int?
    let seconds: Int?
    /// Spans a second over all connections, or `nil` for as fast as answers come.
    let rate: Int?
    let batch: Int
    /// Spans are no cases of tests.
    let isOrdinary: Bool
    let isGzipped: Bool
    let warmupSpans: Int
    let scrapeEvery: Int
    let counter: String
    let threads: Int
}

/// What one run found.
struct RunFigures {
    let counts: Tally.Counts
    /// Spans acknowledged in the warm-up and in the measured window.
    let acknowledgedSpans: Int
    let seconds: Double
    let cpu: ProcessReading.CPU
    let ownCPUSeconds: Double
    let memory: (current: Int, peak: Int)
    let scrapeCount: Int
    let lastScrape: Scrape
    /// How much the server's span counter grew from before the warm-up to the last scrape.
    let countedSpans: Int
    var complaint: String?

    var isExact: Bool { countedSpans == acknowledgedSpans }
    var cpuPerMillion: Double { cpu.total / max(Double(counts.acknowledgedSpans), 1) * 1e6 }
    var spansPerSecond: Double { Double(counts.acknowledgedSpans) / seconds }
}

import Foundation
import MetricModel
import Reports

/// A file that is taken in, as the spans that it becomes.
enum ReportFile {
    case report(ReportSpans)
    case telemetry(TelemetrySpans)

    /// What is said of a file besides its content.
    struct Options {
        var service: String?
        var environment: String?
        var branch: String?
        var revision: String?
        /// Names the run; nil for one of its own.
        var run: String?
        /// Whether counters count what ended long ago.
        var countsAll = false
    }

    /// Reads a file; what its options leave open comes from OpenTelemetry's variables, the report, its place.
    ///
    /// - Throws: `FileError` where it cannot be read, `ReportError` where it is refused.
    init(_ path: String, _ options: Options) throws {
        let limits = ReportLimits()
        guard let content = try FileContents.bytes(at: path, byteCountMax: limits.byteCount) else {
            throw FileError(description: "no such file")
        }
        let contents = try Self.contents(content, limits)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let date = attributes[.modificationDate] as? Date ?? Date()
        let variables = ResourceVariables(ProcessInfo.processInfo.environment)
        var origin = ReportOrigin(
            service: options.service ?? variables.service, serviceDefault: Self.directory(of: path),
            attributes: variables.attributes, environment: options.environment, branch: options.branch,
            revision: options.revision, run: options.run, written: Int64(date.timeIntervalSince1970 * 1_000))
        switch contents {
        case .report(let report):
            if let name = report.name { origin.serviceDefault = name }
            let now = Int64(Date().timeIntervalSince1970 * 1_000)
            origin.isCounted =
                options.countsAll || now - (report.end ?? origin.written) <= ReportOrigin.countedAgeMax
            self = .report(ReportSpans(report, content: content, origin: origin))
        case .telemetry(let telemetry):
            self = .telemetry(TelemetrySpans(telemetry, content: content, origin: origin))
        }
    }

    /// The requests, in the order in which they are to be sent.
    func requests() -> [[UInt8]] {
        switch self {
        case .report(let spans): spans.requests()
        case .telemetry(let spans): spans.requests()
        }
    }

    /// `12 cases: 9 passed, 2 failed, 1 flaky`, or `3 events: 1 failed`.
    var summary: String {
        switch self {
        case .report(let spans):
            let cases = spans.report.cases
            let counts = CaseOutcome.allCases.map { outcome in
                (cases.count { $0.outcome == outcome }, "\(outcome)")
            }
            return Self.summary(cases.count, "case", counts)
        case .telemetry(let spans):
            let events = spans.telemetry.events
            return Self.summary(events.count, "event", [(events.count { $0.isFailure }, "failed")])
        }
    }

    private static func summary(_ count: Int, _ word: String, _ counts: [(Int, String)]) -> String {
        let parts = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return "\(count) \(word)\(count == 1 ? "" : "s")"
            + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
    }

    private static func contents(_ content: [UInt8], _ limits: ReportLimits) throws(ReportError)
        -> ReportContents
    {
        var reader = ReportReader(limits: limits)
        try reader.read(content)
        return try reader.finish()
    }

    private static func directory(of path: String) -> String {
        let name = URL(filePath: path).deletingLastPathComponent().lastPathComponent
        return name.isEmpty || name == "/" ? "tests" : name
    }
}

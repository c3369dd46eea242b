import Foundation
import Reports

extension ReportSpans {
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

    /// Reads a report; what its options leave open comes from OpenTelemetry's variables, the report, its place.
    ///
    /// - Throws: `FileError` where it cannot be read, `ReportError` where it is refused.
    static func read(_ path: String, _ options: Options) throws -> ReportSpans {
        let limits = ReportLimits()
        guard let content = try FileContents.bytes(at: path, byteCountMax: limits.byteCount) else {
            throw FileError(description: "no such file")
        }
        let report = try report(content, limits)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let date = attributes[.modificationDate] as? Date ?? Date()
        let written = Int64(date.timeIntervalSince1970 * 1_000)
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let variables = ResourceVariables(ProcessInfo.processInfo.environment)
        return ReportSpans(
            report, content: content,
            origin: Origin(
                service: options.service ?? variables.service,
                serviceDefault: report.name ?? directory(of: path), attributes: variables.attributes,
                environment: options.environment, branch: options.branch, revision: options.revision,
                run: options.run,
                isCounted: options.countsAll || now - (report.end ?? written) <= countedAgeMax,
                written: written))
    }

    private static func report(_ content: [UInt8], _ limits: ReportLimits) throws(ReportError) -> Report {
        var reader = ReportReader(limits: limits)
        try reader.read(content)
        return try reader.finish()
    }

    private static func directory(of path: String) -> String {
        let name = URL(filePath: path).deletingLastPathComponent().lastPathComponent
        return name.isEmpty || name == "/" ? "tests" : name
    }
}

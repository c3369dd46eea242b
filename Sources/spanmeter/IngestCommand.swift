import ArgumentParser
import Configuration
import Delivery
import FoundationEssentials
import Glibc
import Logging
import MetricModel
import Reports
import Service

/// `spanmeter ingest`: takes reports of test tools into the ledger.
struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Take in reports of test runs: \(ReportReader.kinds).",
        discussion: """
            Reports know what spans cannot say, and every test tool writes some. A running spanmeter gets them like \
            spans; where none listens at the configured address, the data directory is opened, written and closed.

              spanmeter ingest build/test-results/*.xml
              spanmeter ingest --service shop --branch main --revision "$(git rev-parse HEAD)" report.xml
              spanmeter ingest --to http://spanmeter.internal:4318 report.xml

            A file that is sent again is known. What ended more than an hour ago becomes history and is not \
            counted by counters, unless --count is given. Service and environment come from the flags, else from \
            OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, else from the report, else from its directory.

            Exit codes: 0 all were taken, 1 a file was refused (the others were taken), 2 wrong usage.
            """
    )

    @Option(help: ArgumentHelp("The service whose tests these are.", valueName: "NAME"))
    var service: String?

    @Option(help: ArgumentHelp("Where they ran, such as ci.", valueName: "NAME"))
    var environment: String?

    @Option(help: ArgumentHelp("The branch that was tested.", valueName: "NAME"))
    var branch: String?

    @Option(help: ArgumentHelp("The commit that was tested.", valueName: "HASH"))
    var revision: String?

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "Names the run: files of the same name are one run; without it each file is one.",
            valueName: "NAME"))
    var runName: String?

    @Flag(name: .customLong("count"), help: "Count what ended more than an hour ago, too.")
    var countsAll = false

    @Option(
        help: ArgumentHelp(
            "The receiver; without it the configured address, else the data directory itself.",
            valueName: "URL"))
    var to: String?

    @OptionGroup var flags: ConfigurationFlags

    @Argument(help: ArgumentHelp("Reports.", valueName: "FILE"))
    var files: [String]

    func run() async throws {
        let settings = try flags.settings()
        var refusedCount = 0
        let receiver = try ReportReceiver(settings, to: to)
        for file in files {
            do {
                let spans = try self.spans(of: file)
                try await receiver.send(spans.requests(), from: file)
                print("\(file): \(Self.summary(spans.report))")
            } catch let error as FileError {
                refusedCount += 1
                StandardError.print("spanmeter: \(file): \(error)")
            } catch let error as ReportError {
                refusedCount += 1
                StandardError.print("spanmeter: \(file): \(error)")
            }
        }
        refusedCount += await receiver.finish()
        if refusedCount > 0 { throw CommandError(.failure, nil) }
    }

    private func spans(of file: String) throws -> ReportSpans {
        let limits = ReportLimits()
        guard let content = try FileContents.bytes(at: file, byteCountMax: limits.byteCount) else {
            throw FileError(description: "no such file")
        }
        let report = try Self.report(content, limits)
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        let written = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        let now = Date().timeIntervalSince1970 * 1_000
        let ended = report.end ?? Int64(written * 1_000)
        let variables = ResourceVariables(ProcessInfo.processInfo.environment)
        return ReportSpans(
            report, content: content,
            origin: ReportSpans.Origin(
                service: service ?? variables.service,
                serviceDefault: report.name ?? Self.directory(of: file), attributes: variables.attributes,
                environment: environment, branch: branch, revision: revision, run: runName,
                isCounted: countsAll || Int64(now) - ended <= ReportSpans.countedAgeMax,
                written: Int64(written * 1_000)))
    }

    private static func report(_ content: [UInt8], _ limits: ReportLimits) throws(ReportError) -> Report {
        var reader = ReportReader(limits: limits)
        try reader.read(content)
        return try reader.finish()
    }

    private static func directory(of file: String) -> String {
        let parts = file.split(separator: "/")
        if parts.count > 1 { return String(parts[parts.count - 2]) }
        return FileManager.default.currentDirectoryPath.split(separator: "/").last.map { String($0) }
            ?? "tests"
    }

    /// `12 cases: 9 passed, 2 failed, 1 flaky`
    static func summary(_ report: Report) -> String {
        let counts = CaseOutcome.allCases.compactMap { outcome in
            let count = report.cases.count { $0.outcome == outcome }
            return count > 0 ? "\(count) \(outcome)" : nil
        }
        let word = report.cases.count == 1 ? "case" : "cases"
        return "\(report.cases.count) \(word)" + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", "))
    }
}

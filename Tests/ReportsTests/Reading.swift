import Foundation
import MetricModel
import Reports

/// Reads a text in pieces of `step` bytes, as a file comes.
func contents(_ text: String, step: Int = 7, limits: ReportLimits = ReportLimits()) throws(ReportError)
    -> ReportContents
{
    var reader = ReportReader(limits: limits)
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: step) {
        let piece = UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(step, bytes.count - start), alignment: 1)
        defer { piece.deallocate() }
        piece.copyBytes(from: bytes[start..<start + piece.count])
        try reader.read(UnsafeRawBufferPointer(piece))
    }
    return try reader.finish()
}

func report(_ text: String, step: Int = 7, limits: ReportLimits = ReportLimits()) throws(ReportError)
    -> Report
{
    guard case .report(let report) = try contents(text, step: step, limits: limits) else {
        throw ReportError("no report of tests")
    }
    return report
}

/// Captured reports under Tests/Fixtures, with the truth of what happened.
enum CapturedReports {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    struct Attempt: Decodable { let outcome: String }
    struct Test: Decodable {
        let final: String
        let attempts: [Attempt]
    }
    struct Run: Decodable {
        let run: String
        let tests: [String: Test]
        let exitstatus: Int?
    }
    struct Truth: Decodable { let runs: [Run] }

    /// Every captured run of pytest that has the file.
    static func runs(with file: String) throws -> [(run: Run, text: String)] {
        let directory = root.appending(path: "pytest-opentelemetry")
        let truth = try JSONDecoder().decode(
            Truth.self, from: Data(contentsOf: directory.appending(path: "truth.json")))
        return truth.runs.compactMap { run in
            let path = directory.appending(path: run.run).appending(path: file)
            return (try? String(contentsOf: path, encoding: .utf8)).map { (run, $0) }
        }
    }

    /// What the truth's word for a case means for us.
    static func outcome(_ test: Test) -> CaseOutcome? {
        let wasBad = test.attempts.dropLast().contains {
            $0.outcome.hasPrefix("failed") || $0.outcome.hasPrefix("error")
        }
        return switch test.final {
        case "passed", "xpassed": wasBad ? .flaky : .passed
        case "failed": .failed
        case "error(setup)", "passed+error(teardown)": .error
        case "skipped", "xfailed": .skipped
        default: nil
        }
    }
}

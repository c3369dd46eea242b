import FoundationEssentials
import MetricModel

/// Reads the JSON lines of pytest-reportlog, phase by phase.
///
/// An attempt begins with a set-up. It failed where its body did, else is an error where set-up or tear-down
/// failed; a phase that is run again has failed.
struct ReportLog {
    /// One line, as far as it matters.
    private struct Line: Decodable {
        enum CodingKeys: String, CodingKey {
            case kind = "$report_type"
            case nodeid, when, outcome, longrepr, duration, start, stop, wasxfail, exitstatus
            case worker = "worker_id"
        }

        let kind: String
        let nodeid: String?
        let when: String?
        let outcome: String?
        let longrepr: Explanation?
        let duration: Double?
        let start: Double?
        let stop: Double?
        let wasxfail: String?
        let exitstatus: Int?
        let worker: String?
    }

    /// A text, a place with a text, or a crash with its message.
    private struct Explanation: Decodable {
        let message: String?

        private struct Crash: Decodable { let message: String? }
        private enum CodingKeys: String, CodingKey { case reprcrash }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                message = text
            } else if let keyed = try? decoder.container(keyedBy: CodingKeys.self) {
                message = try? keyed.decodeIfPresent(Crash.self, forKey: .reprcrash)?.message
            } else {
                message = nil
            }
        }
    }

    private struct Attempt {
        var bodyFailed = false
        var otherFailed = false
        var isSkipped = false
        var hasBody = false
        var seconds = 0.0
        var failure: Report.Failure?

        var outcome: Outcome {
            if bodyFailed { return .failed }
            if otherFailed { return .error }
            return isSkipped ? .skipped : .passed
        }
    }

    private struct Entry {
        let test: String
        var attempts: [Attempt] = []
        var worker: String?
        var end: Double?
    }

    /// What each line has, and no other JSON that is read.
    static let mark = Array("\"$report_type\"".utf8)

    private let limits: ReportLimits
    private let decoder = JSONDecoder()
    private var numbers: [String: Int] = [:]
    private var entries: [Entry] = []
    private var start: Double?
    private var end: Double?
    private var isInterrupted = false
    private var isFinished = false
    private var lineCount = 0

    /// How the session ended: all passed, some failed; anything else is an interruption.
    private static let regularExits: Set = [0, 1]

    init(limits: ReportLimits) { self.limits = limits }

    mutating func read(line bytes: [UInt8]) throws(ReportError) {
        lineCount += 1
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return }
        guard bytes.count <= 16 * limits.textByteCount else {
            throw ReportError(line: lineCount, "more than \(16 * limits.textByteCount) bytes")
        }
        let line: Line
        do {
            line = try decoder.decode(Line.self, from: Data(bytes))
        } catch {
            throw ReportError(
                line: lineCount, "not a line of pytest-reportlog: a JSON object with $report_type")
        }
        switch line.kind {
        case "TestReport": try add(line)
        case "CollectReport": if line.outcome == "failed" { isInterrupted = true }
        case "SessionFinish":
            isFinished = true
            if let status = line.exitstatus, !Self.regularExits.contains(status) { isInterrupted = true }
        default: break
        }
    }

    private mutating func add(_ line: Line) throws(ReportError) {
        guard let test = line.nodeid, let outcome = line.outcome, let when = line.when else {
            throw ReportError(line: lineCount, "a TestReport needs nodeid, when and outcome")
        }
        let number = try entry(of: test)
        let isBody = when == "call"
        // Some plugins run a test again without saying that they set it up.
        let isAgain = isBody && entries[number].attempts.last?.hasBody == true
        if when == "setup" || isAgain || entries[number].attempts.isEmpty {
            entries[number].attempts.append(Attempt())
        }
        let last = entries[number].attempts.count - 1
        if let worker = line.worker { entries[number].worker = worker }
        if isBody { entries[number].attempts[last].hasBody = true }
        switch outcome {
        case "failed", "rerun", "retried":
            if isBody {
                entries[number].attempts[last].bodyFailed = true
            } else {
                entries[number].attempts[last].otherFailed = true
            }
            if entries[number].attempts[last].failure == nil, let message = line.longrepr?.message {
                entries[number].attempts[last].failure = Report.Failure(message: message)
            }
        case "skipped": entries[number].attempts[last].isSkipped = true
        default: break
        }
        if isBody {
            entries[number].attempts[last].seconds = max(0, line.duration ?? 0)
        }
        if let stop = line.stop {
            entries[number].end = max(entries[number].end ?? stop, stop)
            end = max(end ?? stop, stop)
        }
        if let start = line.start { self.start = min(self.start ?? start, start) }
    }

    private mutating func entry(of test: String) throws(ReportError) -> Int {
        if let number = numbers[test] { return number }
        guard entries.count < limits.caseCount else {
            throw ReportError(line: lineCount, "more than \(limits.caseCount) cases")
        }
        numbers[test] = entries.count
        entries.append(Entry(test: test))
        return entries.count - 1
    }

    /// What was read. A log without an end is one of a run that broke off.
    func report() -> Report {
        Report(
            start: start.flatMap { Self.milliseconds($0) }, end: end.flatMap { Self.milliseconds($0) },
            cases: entries.map { entry in
                let file = entry.test.split(separator: "::", maxSplits: 1).first.map { String($0) }
                return Report.Case(
                    test: entry.test, suite: file, file: file, worker: entry.worker,
                    attempts: entry.attempts.map {
                        Report.Attempt(outcome: $0.outcome, seconds: $0.seconds, failure: $0.failure)
                    },
                    end: entry.end.flatMap { Self.milliseconds($0) })
            },
            isInterrupted: isInterrupted || !isFinished)
    }

    private static func milliseconds(_ seconds: Double) -> Int64? {
        seconds.isFinite && abs(seconds) < 1e12 ? Int64((seconds * 1_000).rounded()) : nil
    }
}

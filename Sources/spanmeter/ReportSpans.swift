import CXXHash
import OTLP
import Reports

/// Turns a report into spans, which go the way of all spans: kept, counted once, folded into results.
///
/// One span for each attempt and one for the run, in the last request. Ids come of the file's content, so a file that
/// is sent again is known. The attributes are those that the fold `report` of the pack `tests` reads.
struct ReportSpans {
    /// What a report does not say of itself; nil leaves it open.
    struct Origin {
        var service: String?
        /// Where nothing else names the service.
        var serviceDefault: String
        /// What the environment says of the resource.
        var attributes: [(String, String)] = []
        var environment: String?
        var branch: String?
        var revision: String?
        /// Names the run; reports of the same name are parts of one.
        var run: String?
        /// False where only the history is to know of it.
        var isCounted = true
        /// When the file was written, in milliseconds since 1970: for cases without a time.
        var written: Int64
    }

    var report: Report
    let origin: Origin
    /// Of the file and of how it is understood.
    private let digest: (UInt64, UInt64)

    private static let spanCountMax = 512
    /// How old a run may be that still counts, in milliseconds.
    static let countedAgeMax: Int64 = 3_600_000

    /// - Parameter content: the whole file.
    init(_ report: Report, content: [UInt8], origin: Origin) {
        self.report = report
        self.origin = origin
        let options = Array("\(origin.service ?? "")\0\(origin.environment ?? "")\0\(origin.run ?? "")".utf8)
        let seed = options.withUnsafeBytes { spanmeter_hash64($0.baseAddress, $0.count, 0) }
        digest = content.withUnsafeBytes {
            (
                spanmeter_hash64($0.baseAddress, $0.count, seed),
                spanmeter_hash64($0.baseAddress, $0.count, ~seed)
            )
        }
    }

    /// Ids ascend behind it: attempts without a length begin at the same time, and then their ids order them.
    private var firstID: UInt64 { (digest.1 | 1 << 63) & ~UInt64(UInt32.max) }

    private var key: String { origin.run ?? "\(String(digest.0, radix: 16))\(String(digest.1, radix: 16))" }

    /// The requests, in the order in which they are to be sent.
    func requests() -> [[UInt8]] {
        let given = origin.attributes.map { ($0.0, SpanWriter.Value.text($0.1)) as SpanWriter.Attribute }
        var writer = SpanWriter(
            resource: given + [
                ("spanmeter.service", origin.service.map { .text($0) }),
                ("spanmeter.service_default", .text(origin.serviceDefault)),
                ("spanmeter.environment", origin.environment.map { .text($0) }),
                ("spanmeter.branch", origin.branch.map { .text($0) }),
                ("spanmeter.revision", origin.revision.map { .text($0) }),
                ("spanmeter.report.run", .text(key)),
                ("spanmeter.report.counted", .truth(origin.isCounted)),
            ])
        var requests: [[UInt8]] = []
        var number: UInt64 = 0
        let last = report.end ?? origin.written
        for test in report.cases {
            let whole = test.attempts.reduce(0) { $0 + Self.nanoseconds($1) }
            var end = max(Self.nanoseconds(test.end ?? last), whole) - whole
            for (attempt, one) in test.attempts.enumerated() {
                number += 1
                let start = end
                end += Self.nanoseconds(one)
                for (key, value) in attributes(of: test, attempt, one) { writer.add(key, value) }
                writer.add(span(number, test.test, start, end))
                if writer.count == Self.spanCountMax { requests.append(writer.finish()) }
            }
        }
        let start = report.start ?? last
        writer.add("spanmeter.report.result", .text("\(report.outcome)"))
        writer.add(span(number + 1, "report", Self.nanoseconds(min(start, last)), Self.nanoseconds(last)))
        requests.append(writer.finish())
        return requests
    }

    private func attributes(of test: Report.Case, _ attempt: Int, _ one: Report.Attempt)
        -> [SpanWriter.Attribute]
    {
        [
            ("spanmeter.report.test", .text(test.test)),
            ("spanmeter.report.suite", test.suite.map { .text($0) }),
            ("spanmeter.report.file", test.file.map { .text($0) }),
            ("spanmeter.report.worker", test.worker.map { .text($0) }),
            ("spanmeter.report.outcome", .text("\(one.outcome)")),
            ("spanmeter.report.message", one.failure.map { .text(Self.message($0)) }),
            ("spanmeter.report.again", .truth(attempt > 0)),
        ]
    }

    /// The type goes before a message that does not begin with it.
    private static func message(_ failure: Report.Failure) -> String {
        guard let type = failure.type, !type.isEmpty, !failure.message.hasPrefix(type) else {
            return failure.message
        }
        return "\(type): \(failure.message)"
    }

    private func span(_ number: UInt64, _ name: String, _ start: UInt64, _ end: UInt64) -> SpanWriter.Span {
        SpanWriter.Span(
            name: name, trace: (digest.0 | 1, digest.1), id: firstID | number, start: start, end: end)
    }

    private static func nanoseconds(_ milliseconds: Int64) -> UInt64 {
        UInt64(max(0, min(milliseconds, Int64.max / 1_000_000))) * 1_000_000
    }

    private static func nanoseconds(_ attempt: Report.Attempt) -> UInt64 {
        UInt64(max(0, min(attempt.seconds, 1e8)) * 1e9)
    }
}

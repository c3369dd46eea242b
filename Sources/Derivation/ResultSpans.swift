import Bytes
package import MetricModel
import Packs

/// Writes what folds have found as spans, so that meters count it by the same rules as any span.
///
/// The bytes are a request of OTLP with one span for each result, run and worker; its attributes are those that
/// `MeterSource` names. Only a program of `SpanOrigin.results` reads them.
package struct ResultSpans: ~Copyable, Sendable {
    private var spans = ByteWriter(capacity: 1 << 16)
    private var span = ByteWriter(capacity: 1 << 10)
    private var attribute = ByteWriter(capacity: 1 << 8)
    private var value = ByteWriter(capacity: 1 << 8)
    private var count: UInt64 = 0

    /// Field numbers of OTLP, each with its wire type.
    private enum Tag {
        static let block1: UInt8 = 1 << 3 | 2
        static let block2: UInt8 = 2 << 3 | 2
        static let name: UInt8 = 5 << 3 | 2
        static let start: UInt8 = 7 << 3 | 1
        static let end: UInt8 = 8 << 3 | 1
        static let attribute: UInt8 = 9 << 3 | 2
        static let text: UInt8 = 1 << 3 | 2
        static let double: UInt8 = 4 << 3 | 1
    }

    package init() {}

    /// The request for what of `batch` is to be counted; empty where that is nothing.
    ///
    /// - Parameter patterns: for each result what it failed with, as the label says it.
    package mutating func encode(_ batch: OutcomeBatch, patterns: [String?]) -> [UInt8] {
        precondition(patterns.count == batch.results.count, "a pattern, or none, for each result")
        spans.removeAll()
        count = 0
        guard batch.isCounted else { return [] }
        for (result, pattern) in zip(batch.results, patterns) where result.isCounted { add(result, pattern) }
        // A run ends with its last results at the latest.
        let uncounted = Set(batch.results.lazy.filter { !$0.isCounted }.map(\.run))
        for run in batch.runs where !uncounted.contains(run.key) { add(run) }
        for worker in batch.workers where worker.busySeconds > 0 && !uncounted.contains(worker.run) {
            add(worker)
        }
        guard count > 0 else { return [] }
        let scope = spans.bytes
        var resource = ByteWriter(capacity: scope.count + 32)
        resource.byte(Tag.block2)
        resource.text(scope.span.bytes, at: 0, count: scope.count)
        let inner = resource.bytes
        var request = ByteWriter(capacity: inner.count + 16)
        request.byte(Tag.block1)
        request.text(inner.span.bytes, at: 0, count: inner.count)
        return request.bytes
    }

    private mutating func add(_ result: CaseResult, _ pattern: String?) {
        let source = MeterSource.cases
        text(source, "service", result.service)
        text(source, "environment", result.environment)
        text(source, "test", result.test)
        text(source, "suite", result.suite)
        text(source, "file", result.file)
        text(source, "worker", result.worker)
        if result.revises == nil {
            text(source, "result", "\(result.outcome)")
            number(source, "duration", result.seconds)
            number(source, "busy", result.busySeconds)
            if result.outcome == .flaky || result.outcome == .failed || result.outcome == .error {
                text(source, "pattern", pattern)
            }
        }
        let before = result.revises ?? []
        number(source, "attempts", Self.growth(before.count, result.attempts.count))
        for outcome in Outcome.allCases {
            number(
                source, "attempts_\(outcome)",
                Self.growth(
                    before.count { $0.outcome == outcome }, result.attempts.count { $0.outcome == outcome }))
        }
        if let retries = Self.growth(max(0, before.count - 1), result.attempts.count - 1) {
            number(source, "retries", retries)
            text(source, "rescued", result.outcome == .flaky ? "true" : "false")
            let waste = before.dropLast().reduce(0) { $0 + $1.seconds }
            number(source, "waste", max(0, result.wasteSeconds - waste))
        }
        endSpan("case", at: result.end)
    }

    private mutating func add(_ run: RunChange) {
        // A part is counted with its whole.
        guard let ended = run.ended, !run.wasEnded, run.root == nil else { return }
        let source = MeterSource.runs
        text(source, "service", run.service)
        text(source, "environment", run.environment)
        text(source, "result", "\(ended)")
        number(source, "duration", Double(max(0, run.end - run.start)) / 1_000)
        endSpan("run", at: run.end)
    }

    private mutating func add(_ worker: WorkerShare) {
        let source = MeterSource.workers
        text(source, "service", worker.service)
        text(source, "environment", worker.environment)
        text(source, "name", worker.name)
        number(source, "busy", worker.busySeconds)
        endSpan("worker", at: 0)
    }

    /// By how much a count grew; nil where it did not.
    private static func growth(_ before: Int, _ now: Int) -> Double? {
        now > before ? Double(now - before) : nil
    }

    private mutating func text(_ source: MeterSource, _ name: String, _ text: String?) {
        guard let text else { return }
        value.removeAll()
        value.byte(Tag.text)
        value.text(text)
        endAttribute(source, name)
    }

    private mutating func number(_ source: MeterSource, _ name: String, _ number: Double?) {
        guard let number else { return }
        value.removeAll()
        value.byte(Tag.double)
        value.fixed64(number.bitPattern)
        endAttribute(source, name)
    }

    private mutating func endAttribute(_ source: MeterSource, _ name: String) {
        attribute.removeAll()
        attribute.byte(Tag.block1)
        attribute.text(source.prefix + name)
        attribute.byte(Tag.block2)
        attribute.append(block: &value)
        span.byte(Tag.attribute)
        span.append(block: &attribute)
    }

    /// Ends a span that was at `milliseconds` since 1970; its ids are its number.
    private mutating func endSpan(_ name: String, at milliseconds: Int64) {
        count += 1
        span.byte(Tag.block1)
        span.byte(16)
        span.fixed64(count)
        span.fixed64(count)
        span.byte(Tag.block2)
        span.byte(8)
        span.fixed64(count)
        span.byte(Tag.name)
        span.text(name)
        let nanoseconds = UInt64(max(0, min(milliseconds, 1 << 43))) * 1_000_000
        span.byte(Tag.start)
        span.fixed64(nanoseconds)
        span.byte(Tag.end)
        span.fixed64(nanoseconds)
        spans.byte(Tag.block2)
        spans.append(block: &span)
        span.removeAll()
    }
}

extension ByteWriter {
    /// Writes the length of what another writer has, then that.
    fileprivate mutating func append(block other: inout ByteWriter) {
        let bytes = other.bytes
        text(bytes.span.bytes, at: 0, count: bytes.count)
    }
}

package import MetricModel
import OTLP
import Packs

/// Writes what folds have found as spans, so that meters count it by the same rules as any span.
///
/// The bytes are a request of OTLP with one span for each result, run and worker; its attributes are those that
/// `MeterSource` names. Only a program of `SpanOrigin.results` reads them.
package struct ResultSpans: ~Copyable, Sendable {
    private var writer = SpanWriter()
    private static let attemptNames = Outcome.allCases.map { ($0, "attempts_\($0)") }

    package init() {}

    /// The request for what of `batch` is to be counted; empty where that is nothing.
    ///
    /// - Parameters:
    ///   - patterns: for each result what it failed with, as the label says it.
    ///   - inputs: for each result what its input is like, as the label says it; nothing where no result has one.
    ///   - changes: skills that came in another edition.
    package mutating func encode(
        _ batch: OutcomeBatch, patterns: [String?], inputs: [String?] = [], changes: [SkillChange] = []
    ) -> [UInt8] {
        precondition(patterns.count == batch.results.count, "a pattern, or none, for each result")
        precondition(inputs.isEmpty || inputs.count == batch.results.count, "an input, or none, for each")
        for (number, result) in batch.results.enumerated() where result.isCounted {
            add(result, patterns[number], input: inputs.isEmpty ? nil : inputs[number])
        }
        // A run ends with its last results at the latest.
        let uncounted = Set(batch.results.lazy.filter { !$0.isCounted }.map(\.run))
        for run in batch.runs where !uncounted.contains(run.key) { add(run) }
        for worker in batch.workers where worker.busySeconds > 0 && !uncounted.contains(worker.run) {
            add(worker)
        }
        for change in changes { add(change) }
        return writer.count > 0 ? writer.finish() : []
    }

    private mutating func add(_ result: CaseResult, _ pattern: String?, input: String?) {
        let source = MeterSource.cases
        text(source, "service", result.service)
        text(source, "environment", result.environment)
        text(source, "test", result.test)
        text(source, "suite", result.suite)
        text(source, "file", result.file)
        text(source, "worker", result.worker)
        text(source, "arm", result.isInHistory ? nil : "treatment")
        if result.revises == nil {
            text(source, "result", result.outcome.description)
            number(source, "duration", result.seconds)
            number(source, "busy", result.busySeconds)
            if result.outcome == .flaky || result.outcome == .failed || result.outcome == .error {
                text(source, "pattern", pattern)
            }
            text(source, "input", input)
        }
        let before = result.revises ?? []
        number(source, "attempts", Self.growth(before.count, result.attempts.count))
        for (outcome, name) in Self.attemptNames {
            number(
                source, name,
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

    private mutating func add(_ change: SkillChange) {
        let source = MeterSource.changes
        text(source, "service", change.service)
        text(source, "environment", change.environment)
        text(source, "skill", change.skill)
        endSpan("change", at: change.end)
    }

    /// By how much a count grew; nil where it did not.
    private static func growth(_ before: Int, _ now: Int) -> Double? {
        now > before ? Double(now - before) : nil
    }

    private mutating func text(_ source: MeterSource, _ name: String, _ text: String?) {
        writer.add(name, behind: source.prefix, text.map { .text($0) })
    }

    private mutating func number(_ source: MeterSource, _ name: String, _ number: Double?) {
        writer.add(name, behind: source.prefix, number.map { .number($0) })
    }

    /// Ends a span that was at `milliseconds` since 1970; its ids are its number.
    private mutating func endSpan(_ name: String, at milliseconds: Int64) {
        let number = UInt64(writer.count + 1)
        let time = UInt64(max(0, min(milliseconds, 1 << 43))) * 1_000_000
        writer.add(
            SpanWriter.Span(name: name, trace: (number, number), id: number, start: time, end: time))
    }
}

package import MetricModel
import OTLP
import Packs

/// Writes what folds have found as spans, so that meters count it by the same rules as any span.
///
/// The bytes are a request of OTLP with one span for each result, run and worker; its attributes are those that
/// `MeterSource` names. Only a program of `SpanOrigin.results` reads them.
package struct ResultSpans: ~Copyable, Sendable {
    private var writer = SpanWriter()
    private let keys = CaseKeys()

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
        var uncounted: Set<RunKey> = []
        for result in batch.results where !result.isCounted { uncounted.insert(result.run) }
        for run in batch.runs where !uncounted.contains(run.key) { add(run) }
        for worker in batch.workers where worker.busySeconds > 0 && !uncounted.contains(worker.run) {
            add(worker)
        }
        for change in changes { add(change) }
        return writer.count > 0 ? writer.finish() : []
    }

    private mutating func add(_ result: CaseResult, _ pattern: String?, input: String?) {
        writer.add(keys.service, result.service)
        writer.add(keys.environment, result.environment)
        writer.add(keys.test, result.test)
        writer.add(keys.suite, result.suite)
        writer.add(keys.file, result.file)
        writer.add(keys.worker, result.worker)
        if !result.isInHistory { writer.add(keys.arm, "treatment") }
        let outcome = result.outcome
        let attempts = result.attempts
        let revised = result.revises
        if revised == nil {
            writer.add(keys.result, outcome.description)
            writer.add(keys.duration, result.seconds)
            writer.add(keys.busy, result.busySeconds)
            if outcome == .flaky || outcome == .failed || outcome == .error {
                writer.add(keys.pattern, pattern)
            }
            writer.add(keys.input, input)
        }
        if revised == nil, attempts.count == 1 {
            writer.add(keys.attempts, 1)
            writer.add(keys.outcomes[Int(attempts[0].outcome.rawValue)], 1)
        } else {
            add(attempts, behind: revised ?? [], outcome, wasteSeconds: result.wasteSeconds)
        }
        endSpan("case", at: result.end)
    }

    /// Says by how much the attempts of a result have grown.
    private mutating func add(
        _ attempts: [CaseAttempt], behind before: [CaseAttempt], _ outcome: CaseOutcome, wasteSeconds: Double
    ) {
        writer.add(keys.attempts, Self.growth(before.count, attempts.count))
        for one in Outcome.allCases {
            writer.add(
                keys.outcomes[Int(one.rawValue)],
                Self.growth(before.count { $0.outcome == one }, attempts.count { $0.outcome == one }))
        }
        if let retries = Self.growth(max(0, before.count - 1), attempts.count - 1) {
            writer.add(keys.retries, retries)
            writer.add(keys.rescued, outcome == .flaky ? "true" : "false")
            let waste = before.dropLast().reduce(0) { $0 + $1.seconds }
            writer.add(keys.waste, max(0, wasteSeconds - waste))
        }
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

/// The attributes of a case's span, in the bytes that they are written with.
private struct CaseKeys: Sendable {
    let service = Self.key("service")
    let environment = Self.key("environment")
    let test = Self.key("test")
    let suite = Self.key("suite")
    let file = Self.key("file")
    let worker = Self.key("worker")
    let arm = Self.key("arm")
    let result = Self.key("result")
    let duration = Self.key("duration")
    let busy = Self.key("busy")
    let pattern = Self.key("pattern")
    let input = Self.key("input")
    let attempts = Self.key("attempts")
    /// By the number of the outcome.
    let outcomes = Outcome.allCases.map { Self.key("attempts_\($0)") }
    let retries = Self.key("retries")
    let rescued = Self.key("rescued")
    let waste = Self.key("waste")

    private static func key(_ name: String) -> SpanWriter.Key {
        SpanWriter.Key(MeterSource.cases.prefix + name)
    }
}

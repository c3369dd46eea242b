import Bytes

/// Writes what `OutcomeSection` reads: numbers texts and keys in the order they come, each once.
///
/// Most texts are those of the result before, so these are compared first and looked up only where they differ.
struct OutcomeEncoder: ~Copyable {
    private typealias Flag = OutcomeSection.Flag

    /// Where a text stands; in each place the last one is remembered.
    private enum Place: Int, CaseIterable {
        case service, environment, test, suite, file, worker, pattern
        case experiment, variant, skill, edition, input
    }

    private struct Last {
        var text = ""
        /// −1 before the first.
        var number = -1
    }

    /// Everything behind the tables, whose numbers are given while it is written.
    var body: ByteWriter
    private var texts = ByteWriter(capacity: 1 << 12)
    private var keys = ByteWriter(capacity: 1 << 8)
    private var textNumbers: [String: Int] = [:]
    private var keyNumbers: [RunKey: Int] = [:]
    private var lastTexts = [Last](repeating: Last(), count: Place.allCases.count)
    private var lastKey: (key: RunKey, number: Int)?

    init(resultCount: Int) {
        body = ByteWriter(capacity: 256 + resultCount * 80)
    }

    /// The whole section.
    ///
    /// - Parameter head: what stands before the tables.
    mutating func finish(behind head: inout ByteWriter) -> [UInt8] {
        head.varint(textNumbers.count)
        head.append(&texts)
        head.varint(keyNumbers.count)
        head.append(&keys)
        head.append(&body)
        return head.bytes
    }

    // MARK: Numbers

    private mutating func number(_ key: RunKey) -> Int {
        if let lastKey, lastKey.key == key { return lastKey.number }
        let count = keyNumbers.count
        let number = Self.number(&keyNumbers[key, default: -1], or: count)
        if number == count { keys.text(key.bytes.span.bytes, at: 0, count: key.bytes.count) }
        lastKey = (key, number)
        return number
    }

    private mutating func number(_ text: String, _ place: Place) -> Int {
        let index = place.rawValue
        if lastTexts[index].number >= 0, lastTexts[index].text == text { return lastTexts[index].number }
        let count = textNumbers.count
        let number = Self.number(&textNumbers[text, default: -1], or: count)
        if number == count { texts.text(text) }
        lastTexts[index].text = text
        lastTexts[index].number = number
        return number
    }

    /// The number that is known; a place that is new gets `next`.
    private static func number(_ known: inout Int, or next: Int) -> Int {
        if known < 0 { known = next }
        return known
    }

    private mutating func write(_ text: String, _ place: Place) {
        let number = number(text, place)
        body.varint(number)
    }

    private mutating func write(orNone text: String?, _ place: Place) {
        guard let text else { return body.byte(0) }
        let number = number(text, place) + 1
        body.varint(number)
    }

    private mutating func write(_ key: RunKey) {
        let number = number(key)
        body.varint(number)
    }

    // MARK: Parts

    mutating func write(_ run: RunChange) {
        write(run.key)
        if let root = run.root {
            let number = number(root) + 1
            body.varint(number)
        } else {
            body.byte(0)
        }
        write(run.service, .service)
        write(run.environment, .environment)
        write(orNone: run.revision, .test)
        write(orNone: run.branch, .test)
        body.byte(run.sequence == nil ? 0 : 1)
        if let sequence = run.sequence { body.varint(UInt64(bitPattern: sequence)) }
        body.varint(UInt64(bitPattern: run.start))
        body.varint(UInt64(bitPattern: run.end))
        body.byte(run.ended.map { $0.rawValue + 1 } ?? 0)
        body.byte(run.wasEnded ? 1 : 0)
    }

    mutating func write(_ result: CaseResult) {
        write(result.run)
        write(result.service, .service)
        write(result.environment, .environment)
        write(result.test, .test)
        write(orNone: result.suite, .suite)
        write(orNone: result.file, .file)
        write(orNone: result.worker, .worker)
        let (origin, revised, trial) = (result.origin, result.revises, result.trial)
        body.byte(
            (result.isInHistory ? Flag.isInHistory : 0) | (origin == nil ? 0 : Flag.hasOrigin)
                | (revised == nil ? 0 : Flag.isRevision) | (result.isCounted ? 0 : Flag.isNotCounted)
                | (trial == nil ? 0 : Flag.hasTrial) | (result.input == nil ? 0 : Flag.hasInput))
        write(result.attempts)
        body.varint(UInt64(bitPattern: result.end))
        body.amount(result.seconds)
        body.amount(result.busySeconds)
        body.varint(result.occurrence)
        if let origin {
            body.fixed64(origin.trace)
            body.fixed64(origin.traceLow)
            body.fixed64(origin.span)
        }
        if let revised { write(revised) }
        if let trial { write(trial) }
        if let input = result.input { write(input.text, .input) }
    }

    private mutating func write(_ trial: CaseTrial) {
        write(orNone: trial.experiment, .experiment)
        write(orNone: trial.variant, .variant)
        write(orNone: trial.skill, .skill)
        write(orNone: trial.edition, .edition)
        body.byte(
            (trial.cost == nil ? 0 : 1) | (trial.tokens == nil ? 0 : 2) | (trial.latency == nil ? 0 : 4))
        if let cost = trial.cost { body.amount(cost) }
        if let tokens = trial.tokens { body.amount(tokens) }
        if let latency = trial.latency { body.amount(latency) }
    }

    private mutating func write(_ attempts: [CaseAttempt]) {
        body.varint(attempts.count)
        for attempt in attempts {
            body.byte(attempt.outcome.rawValue)
            body.amount(attempt.seconds)
            write(orNone: attempt.pattern, .pattern)
        }
    }

    mutating func write(_ worker: WorkerShare) {
        write(worker.run)
        write(worker.service, .service)
        write(worker.environment, .environment)
        write(worker.name, .worker)
        body.amount(worker.busySeconds)
    }
}

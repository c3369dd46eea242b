import Bytes

/// Decisions as the journal keeps them.
///
/// ```
/// section = version flags decided report
///           count text* count key* count run* count result* count worker*
/// run     = key root service environment revision branch (0 | 1 sequence) start end ended source again
/// result  = key service environment test suite file worker flags count attempt* end seconds busy occurrence
///           (trace trace span)? (count attempt*)? trial? input?
/// attempt = outcome seconds pattern
/// trial   = experiment variant skill edition flags cost? tokens? latency?
/// worker  = key service environment name busy
/// ```
/// Texts and keys are numbers in the tables in front, those that may be missing one higher with 0 for missing;
/// seconds are amounts, trace and span ids eight bytes, everything else varints.
package enum OutcomeSection {
    private static let version: UInt8 = 4
    /// The same without inputs; 2 is without trials.
    private static let versionsBefore: ClosedRange<UInt8> = 2...3

    private enum Flag {
        static let hasMore: UInt8 = 1
        static let isInHistory: UInt8 = 1
        static let hasOrigin: UInt8 = 2
        static let isRevision: UInt8 = 4
        static let isNotCounted: UInt8 = 8
        static let hasTrial: UInt8 = 16
        static let hasInput: UInt8 = 32
    }

    /// The bytes of a batch.
    package static func encode(_ batch: OutcomeBatch) -> [UInt8] {
        var encoder = Encoder()
        for run in batch.runs { encoder.add(run) }
        for result in batch.results { encoder.add(result) }
        for worker in batch.workers { encoder.add(worker) }
        var writer = ByteWriter(capacity: 1 << 12)
        writer.byte(version)
        writer.byte(batch.hasMore ? Flag.hasMore : 0)
        writer.varint(UInt64(bitPattern: batch.decided))
        writer.varint(encoder.texts.count)
        for text in encoder.texts { writer.text(text) }
        writer.varint(encoder.keys.count)
        for key in encoder.keys { writer.text(key.bytes.span.bytes, at: 0, count: key.bytes.count) }
        writer.varint(batch.runs.count)
        for run in batch.runs { encoder.write(run, to: &writer) }
        writer.varint(batch.results.count)
        for result in batch.results { encoder.write(result, to: &writer) }
        writer.varint(batch.workers.count)
        for worker in batch.workers { encoder.write(worker, to: &writer) }
        return writer.bytes
    }

    /// The batch of these bytes; total: any bytes give a batch or an error.
    package static func decode(_ bytes: RawSpan) throws(SectionError) -> OutcomeBatch {
        var decoder = Decoder(bytes)
        do throws(ByteReaderError) {
            return try decoder.batch(bytes)
        } catch {
            throw SectionError("a section of outcomes", error)
        }
    }

    /// Numbers texts and keys in the order they come.
    private struct Encoder {
        private(set) var texts: [String] = []
        private(set) var keys: [RunKey] = []
        private var textNumbers: [String: Int] = [:]
        private var keyNumbers: [RunKey: Int] = [:]

        mutating func add(_ run: RunChange) {
            add(run.key)
            if let root = run.root { add(root) }
            for text in [run.service, run.environment, run.revision, run.branch] { add(text) }
        }

        mutating func add(_ result: CaseResult) {
            add(result.run)
            for text in [
                result.service, result.environment, result.test, result.suite, result.file, result.worker,
            ] { add(text) }
            for attempt in result.attempts + (result.revises ?? []) { add(attempt.pattern) }
            if let trial = result.trial {
                for text in [trial.experiment, trial.variant, trial.skill, trial.edition] { add(text) }
            }
            if let input = result.input { add(input.text) }
        }

        mutating func add(_ worker: WorkerShare) {
            add(worker.run)
            for text in [worker.service, worker.environment, worker.name] { add(text) }
        }

        private mutating func add(_ text: String?) {
            guard let text, textNumbers[text] == nil else { return }
            textNumbers[text] = texts.count
            texts.append(text)
        }

        private mutating func add(_ key: RunKey) {
            guard keyNumbers[key] == nil else { return }
            keyNumbers[key] = keys.count
            keys.append(key)
        }

        func write(_ run: RunChange, to writer: inout ByteWriter) {
            writer.varint(number(run.key))
            writer.varint(run.root.map { number($0) + 1 } ?? 0)
            writer.varint(number(run.service))
            writer.varint(number(run.environment))
            writer.varint(number(orNone: run.revision))
            writer.varint(number(orNone: run.branch))
            writer.byte(run.sequence == nil ? 0 : 1)
            if let sequence = run.sequence { writer.varint(UInt64(bitPattern: sequence)) }
            writer.varint(UInt64(bitPattern: run.start))
            writer.varint(UInt64(bitPattern: run.end))
            writer.byte(run.ended.map { $0.rawValue + 1 } ?? 0)
            writer.byte(run.wasEnded ? 1 : 0)
        }

        func write(_ result: CaseResult, to writer: inout ByteWriter) {
            writer.varint(number(result.run))
            writer.varint(number(result.service))
            writer.varint(number(result.environment))
            writer.varint(number(result.test))
            writer.varint(number(orNone: result.suite))
            writer.varint(number(orNone: result.file))
            writer.varint(number(orNone: result.worker))
            writer.byte(
                (result.isInHistory ? Flag.isInHistory : 0) | (result.origin == nil ? 0 : Flag.hasOrigin)
                    | (result.revises == nil ? 0 : Flag.isRevision)
                    | (result.isCounted ? 0 : Flag.isNotCounted)
                    | (result.trial == nil ? 0 : Flag.hasTrial)
                    | (result.input == nil ? 0 : Flag.hasInput))
            write(result.attempts, to: &writer)
            writer.varint(UInt64(bitPattern: result.end))
            writer.amount(result.seconds)
            writer.amount(result.busySeconds)
            writer.varint(result.occurrence)
            if let origin = result.origin {
                writer.fixed64(origin.trace)
                writer.fixed64(origin.traceLow)
                writer.fixed64(origin.span)
            }
            if let revised = result.revises { write(revised, to: &writer) }
            if let trial = result.trial { write(trial, to: &writer) }
            if let input = result.input { writer.varint(number(input.text)) }
        }

        private func write(_ trial: CaseTrial, to writer: inout ByteWriter) {
            for text in [trial.experiment, trial.variant, trial.skill, trial.edition] {
                writer.varint(number(orNone: text))
            }
            let amounts = [trial.cost, trial.tokens, trial.latency]
            var flags: UInt8 = 0
            for (place, amount) in amounts.enumerated() where amount != nil { flags |= 1 << UInt8(place) }
            writer.byte(flags)
            for amount in amounts { if let amount { writer.amount(amount) } }
        }

        private func write(_ attempts: [CaseAttempt], to writer: inout ByteWriter) {
            writer.varint(attempts.count)
            for attempt in attempts {
                writer.byte(attempt.outcome.rawValue)
                writer.amount(attempt.seconds)
                writer.varint(number(orNone: attempt.pattern))
            }
        }

        func write(_ worker: WorkerShare, to writer: inout ByteWriter) {
            writer.varint(number(worker.run))
            writer.varint(number(worker.service))
            writer.varint(number(worker.environment))
            writer.varint(number(worker.name))
            writer.amount(worker.busySeconds)
        }

        private func number(_ key: RunKey) -> Int { keyNumbers[key] ?? 0 }
        private func number(_ text: String) -> Int { textNumbers[text] ?? 0 }
        private func number(orNone text: String?) -> Int { text.map { number($0) + 1 } ?? 0 }
    }

    /// Reads what the encoder wrote. Every element takes a byte at least, so a count that lies ends the reading
    /// before memory does.
    private struct Decoder {
        private var reader: ByteReader
        private var texts: [String] = []
        private var keys: [RunKey] = []

        init(_ bytes: RawSpan) { reader = ByteReader(bytes) }

        mutating func batch(_ bytes: RawSpan) throws(ByteReaderError) -> OutcomeBatch {
            let version = try reader.byte(bytes)
            guard version == OutcomeSection.version || versionsBefore.contains(version) else {
                throw reader.failure
            }
            let flags = try reader.byte(bytes)
            var batch = OutcomeBatch(decided: try integer(bytes))
            batch.hasMore = flags & Flag.hasMore != 0
            for _ in 0..<(try count(bytes)) {
                texts.append(String(decoding: try block(bytes), as: UTF8.self))
            }
            for _ in 0..<(try count(bytes)) { keys.append(RunKey(bytes: try block(bytes))) }
            for _ in 0..<(try count(bytes)) { batch.runs.append(try run(bytes)) }
            for _ in 0..<(try count(bytes)) { batch.results.append(try result(bytes)) }
            for _ in 0..<(try count(bytes)) { batch.workers.append(try worker(bytes)) }
            guard reader.isAtEnd else { throw reader.failure }
            return batch
        }

        private mutating func run(_ bytes: RawSpan) throws(ByteReaderError) -> RunChange {
            let key = try key(bytes)
            let root = try reader.number(below: keys.count + 1, bytes)
            var run = RunChange(
                key: key, root: root == 0 ? nil : keys[root - 1], service: try text(bytes),
                environment: try text(bytes), revision: try textOrNone(bytes), branch: try textOrNone(bytes),
                start: 0, end: 0)
            if try reader.number(below: 2, bytes) == 1 { run.sequence = try integer(bytes) }
            run.start = try integer(bytes)
            run.end = try integer(bytes)
            let ended = try reader.number(below: RunOutcome.allCases.count + 1, bytes)
            run.ended = ended == 0 ? nil : RunOutcome(rawValue: UInt8(ended - 1))
            run.wasEnded = try reader.number(below: 2, bytes) == 1
            return run
        }

        private mutating func result(_ bytes: RawSpan) throws(ByteReaderError) -> CaseResult {
            var result = CaseResult(
                run: try key(bytes), service: try text(bytes), environment: try text(bytes),
                test: try text(bytes), suite: try textOrNone(bytes), file: try textOrNone(bytes),
                worker: try textOrNone(bytes), attempts: [], end: 0, seconds: 0, busySeconds: 0)
            let flags = try reader.byte(bytes)
            result.isInHistory = flags & Flag.isInHistory != 0
            result.isCounted = flags & Flag.isNotCounted == 0
            result.attempts = try attempts(bytes)
            result.end = try integer(bytes)
            result.seconds = try amount(bytes)
            result.busySeconds = try amount(bytes)
            result.occurrence = try reader.number(below: .max, bytes)
            if flags & Flag.hasOrigin != 0 {
                result.origin = CaseOrigin(
                    trace: try reader.fixed64(bytes), traceLow: try reader.fixed64(bytes),
                    span: try reader.fixed64(bytes))
            }
            if flags & Flag.isRevision != 0 { result.revises = try attempts(bytes) }
            if flags & Flag.hasTrial != 0 { result.trial = try trial(bytes) }
            if flags & Flag.hasInput != 0 {
                guard let input = InputSketch(try text(bytes)) else { throw reader.failure }
                result.input = input
            }
            return result
        }

        private mutating func trial(_ bytes: RawSpan) throws(ByteReaderError) -> CaseTrial {
            var trial = CaseTrial(
                experiment: try textOrNone(bytes), variant: try textOrNone(bytes),
                skill: try textOrNone(bytes), edition: try textOrNone(bytes))
            let flags = try reader.byte(bytes)
            if flags & 1 != 0 { trial.cost = try amount(bytes) }
            if flags & 2 != 0 { trial.tokens = try amount(bytes) }
            if flags & 4 != 0 { trial.latency = try amount(bytes) }
            return trial
        }

        /// At least one.
        private mutating func attempts(_ bytes: RawSpan) throws(ByteReaderError) -> [CaseAttempt] {
            let count = try count(bytes)
            guard count > 0 else { throw reader.failure }
            var attempts: [CaseAttempt] = []
            for _ in 0..<count {
                guard let outcome = Outcome(rawValue: try reader.byte(bytes)) else { throw reader.failure }
                attempts.append(
                    CaseAttempt(
                        outcome: outcome, seconds: try amount(bytes), pattern: try textOrNone(bytes)))
            }
            return attempts
        }

        private mutating func worker(_ bytes: RawSpan) throws(ByteReaderError) -> WorkerShare {
            WorkerShare(
                run: try key(bytes), service: try text(bytes), environment: try text(bytes),
                name: try text(bytes), busySeconds: try amount(bytes))
        }

        /// A finite number that is not negative.
        private mutating func amount(_ bytes: RawSpan) throws(ByteReaderError) -> Double {
            let value = try reader.amount(bytes)
            guard value >= 0, value < .infinity else { throw reader.failure }
            return value
        }

        private mutating func integer(_ bytes: RawSpan) throws(ByteReaderError) -> Int64 {
            Int64(bitPattern: try reader.varint(bytes))
        }

        /// A count of what is to come, each of which takes a byte at least.
        private mutating func count(_ bytes: RawSpan) throws(ByteReaderError) -> Int {
            try reader.number(below: bytes.byteCount + 1, bytes)
        }

        private mutating func block(_ bytes: RawSpan) throws(ByteReaderError) -> [UInt8] {
            let range = try reader.text(bytes)
            return bytes.extracting(range).withUnsafeBytes { [UInt8]($0) }
        }

        private mutating func key(_ bytes: RawSpan) throws(ByteReaderError) -> RunKey {
            keys[try reader.number(below: keys.count, bytes)]
        }

        private mutating func text(_ bytes: RawSpan) throws(ByteReaderError) -> String {
            texts[try reader.number(below: texts.count, bytes)]
        }

        private mutating func textOrNone(_ bytes: RawSpan) throws(ByteReaderError) -> String? {
            let number = try reader.number(below: texts.count + 1, bytes)
            return number == 0 ? nil : texts[number - 1]
        }
    }
}

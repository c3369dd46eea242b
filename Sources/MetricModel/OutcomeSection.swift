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

    enum Flag {
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
        var encoder = OutcomeEncoder(resultCount: batch.results.count)
        encoder.body.varint(batch.runs.count)
        for run in batch.runs { encoder.write(run) }
        encoder.body.varint(batch.results.count)
        for result in batch.results { encoder.write(result) }
        encoder.body.varint(batch.workers.count)
        for worker in batch.workers { encoder.write(worker) }
        var head = ByteWriter(capacity: 1 << 12)
        head.byte(version)
        head.byte(batch.hasMore ? Flag.hasMore : 0)
        head.varint(UInt64(bitPattern: batch.decided))
        return encoder.finish(behind: &head)
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
            let run = try key(bytes)
            let (service, environment, test) = (try text(bytes), try text(bytes), try text(bytes))
            let (suite, file) = (try textOrNone(bytes), try textOrNone(bytes))
            let worker = try textOrNone(bytes)
            let flags = try reader.byte(bytes)
            let attempts = try attempts(bytes)
            let end = try integer(bytes)
            let (seconds, busySeconds) = (try amount(bytes), try amount(bytes))
            let occurrence = try reader.number(below: .max, bytes)
            var origin: CaseOrigin?
            if flags & Flag.hasOrigin != 0 {
                origin = CaseOrigin(
                    trace: try reader.fixed64(bytes), traceLow: try reader.fixed64(bytes),
                    span: try reader.fixed64(bytes))
            }
            let revised = flags & Flag.isRevision != 0 ? try self.attempts(bytes) : nil
            let trial = flags & Flag.hasTrial != 0 ? try trial(bytes) : nil
            let input = flags & Flag.hasInput != 0 ? InputSketch(try text(bytes)) : nil
            if flags & Flag.hasInput != 0, input == nil { throw reader.failure }
            return CaseResult(
                run: run, service: service, environment: environment, test: test, suite: suite, file: file,
                worker: worker, attempts: attempts, end: end, seconds: seconds, busySeconds: busySeconds,
                isInHistory: flags & Flag.isInHistory != 0, isCounted: flags & Flag.isNotCounted == 0,
                occurrence: occurrence, origin: origin, revises: revised, trial: trial,
                input: input)
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

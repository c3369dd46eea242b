internal import Bytes
internal import MetricModel

/// Results of a run, packed: six to eight bytes for one that just passed.
///
///     chunk = version, latest end, workers: count, texts; results: count, entries
///     entry = gap to the test before, flags, duration, [attempts], [pattern], [worker], [occurrence], time before the end
///
/// Numbers are varints, durations microseconds, times milliseconds. Entries ascend by test.
enum ResultChunk {
    private static let version: UInt8 = 1

    private enum Flag {
        // The lowest three bits are the outcome; what is common comes first: below 128 the flags are one byte.
        static let attempts: UInt64 = 8
        static let pattern: UInt64 = 16
        static let worker: UInt64 = 32
        static let occurrence: UInt64 = 64
        static let revision: UInt64 = 128
        static let outsideHistory: UInt64 = 256
    }

    /// Where a result stands among the others, without its texts: sorting moves it often.
    private struct Place: BitwiseCopyable {
        let test: Int32
        let occurrence: Int
        let index: Int
        let worker: Int32
    }

    static func encode(_ results: [ChunkResult]) -> [UInt8] {
        var writer = ByteWriter(capacity: 16 + results.count * 8)
        var end = Int64.min
        var workers = TextTable()
        var order: [Place] = []
        order.reserveCapacity(results.count)
        // By their places: a copy of a result counts its attempts and its worker.
        for index in results.indices {
            end = max(end, results[index].end)
            order.append(
                Place(
                    test: results[index].test, occurrence: results[index].occurrence, index: index,
                    worker: workers.number(results[index].worker)))
        }
        if results.isEmpty { end = 0 }
        order.sort { ($0.test, $0.occurrence, $0.index) < ($1.test, $1.occurrence, $1.index) }
        writer.byte(version)
        writer.varint(UInt64(bitPattern: end))
        writer.varint(workers.texts.count)
        for text in workers.texts { writer.text(text) }
        writer.varint(results.count)
        var last: Int32 = 0
        for place in order {
            writer.varint(Int(place.test - last))
            last = place.test
            encode(results, at: place.index, worker: place.worker, end: end, &writer)
        }
        return writer.bytes
    }

    private static func encode(
        _ results: [ChunkResult], at index: Int, worker: Int32, end: Int64, _ writer: inout ByteWriter
    ) {
        let attempts = results[index].attempts
        let pattern = attempts.count == 1 ? attempts[0].pattern : -1
        var flags = UInt64(results[index].outcome.rawValue)
        if attempts.count > 1 { flags |= Flag.attempts }
        if pattern >= 0 { flags |= Flag.pattern }
        if worker >= 0 { flags |= Flag.worker }
        if results[index].occurrence > 0 { flags |= Flag.occurrence }
        if results[index].isRevision { flags |= Flag.revision }
        if !results[index].isInHistory { flags |= Flag.outsideHistory }
        writer.varint(flags)
        writer.varint(microseconds(results[index].seconds))
        if attempts.count > 1 {
            writer.varint(attempts.count)
            for attempt in attempts {
                writer.varint(UInt64(attempt.outcome.rawValue))
                writer.varint(microseconds(attempt.seconds))
                writer.varint(Int(attempt.pattern + 1))
            }
        }
        if pattern >= 0 { writer.varint(Int(pattern)) }
        if worker >= 0 { writer.varint(Int(worker)) }
        if results[index].occurrence > 0 { writer.varint(results[index].occurrence) }
        writer.varint(UInt64(bitPattern: end - results[index].end))
    }

    private static func microseconds(_ seconds: Double) -> UInt64 {
        // Beyond 30 years nothing is a duration.
        seconds > 0 ? UInt64(min(seconds * 1e6, 1e15).rounded()) : 0
    }

    /// Gives every result of a chunk to `body`.
    ///
    /// - Parameter hasDetails: whether it has attempts and worker, which cost memory for each.
    /// - Throws: where the bytes are no chunk of a known version.
    static func decode(
        _ bytes: RawSpan, run: Int32, hasDetails: Bool = true, _ body: (ChunkResult) -> Void
    ) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        guard try reader.byte(bytes) == version else { throw reader.failure }
        let end = Int64(bitPattern: try reader.varint(bytes))
        var workers: [String] = []
        for _ in 0..<(try reader.number(below: 1 << 20, bytes)) { workers.append(try reader.string(bytes)) }
        var test = 0
        for _ in 0..<(try reader.number(below: 1 << 24, bytes)) {
            test += try reader.number(below: 1 << 31, bytes)
            guard test < Int32.max else { throw reader.failure }
            let flags = try reader.varint(bytes)
            guard let outcome = CaseOutcome(rawValue: UInt8(flags & 7)) else { throw reader.failure }
            let seconds = Double(try reader.varint(bytes)) / 1e6
            var attempts: [ChunkResult.Attempt] = []
            if flags & Flag.attempts != 0 {
                for _ in 0..<(try reader.number(below: 1 << 16, bytes)) {
                    let attempt = try attempt(&reader, bytes)
                    if hasDetails { attempts.append(attempt) }
                }
            }
            var pattern: Int32 = -1
            if flags & Flag.pattern != 0 { pattern = Int32(try reader.number(below: 1 << 31, bytes)) }
            if hasDetails, attempts.isEmpty {
                attempts = [.init(outcome: outcome.lastAttempt, seconds: seconds, pattern: pattern)]
            }
            var worker: String?
            if flags & Flag.worker != 0 {
                let number = try reader.number(below: workers.count, bytes)
                if hasDetails { worker = workers[number] }
            }
            let occurrence = flags & Flag.occurrence != 0 ? try reader.number(below: 1 << 31, bytes) : 0
            body(
                ChunkResult(
                    test: Int32(test), run: run, outcome: outcome, attempts: attempts, seconds: seconds,
                    end: end &- Int64(bitPattern: try reader.varint(bytes)), worker: worker,
                    occurrence: occurrence, isInHistory: flags & Flag.outsideHistory == 0,
                    isRevision: flags & Flag.revision != 0))
        }
    }

    private static func attempt(
        _ reader: inout ByteReader, _ bytes: RawSpan
    ) throws(ByteReaderError) -> ChunkResult.Attempt {
        guard let outcome = Outcome(rawValue: UInt8(try reader.number(below: 256, bytes))) else {
            throw reader.failure
        }
        let seconds = Double(try reader.varint(bytes)) / 1e6
        return .init(
            outcome: outcome, seconds: seconds, pattern: Int32(try reader.number(below: 1 << 31, bytes)) - 1)
    }
}

extension CaseOutcome {
    /// How the last attempt went.
    fileprivate var lastAttempt: Outcome {
        switch self {
        case .passed, .flaky: .passed
        case .failed: .failed
        case .error: .error
        case .skipped: .skipped
        }
    }
}

extension ByteReader {
    /// Reads a text.
    mutating func string(_ bytes: RawSpan) throws(ByteReaderError) -> String {
        let range = try text(bytes)
        return bytes.withUnsafeBytes { String(decoding: $0[range], as: UTF8.self) }
    }
}

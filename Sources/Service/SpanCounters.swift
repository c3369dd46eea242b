import Derivation
import MetricModel
import OTLP
import Synchronization

/// Counts what the pipeline did with spans; one short lock a request.
final class SpanCounters: Sendable {
    struct Snapshot: Sendable {
        /// By `WireProtocol.allCases`.
        var received = [UInt64](repeating: 0, count: WireProtocol.allCases.count)
        /// By `SpanDefect.allCases`.
        var rejected = [UInt64](repeating: 0, count: SpanDefect.allCases.count)
        /// Spans of requests that were no export requests are not known; the requests are in RequestMetrics.
        var unmatched: UInt64 = 0
        /// Spans that came again.
        var repeated: UInt64 = 0
        var valuesCut: UInt64 = 0
        /// By meter, then by `RefusalReason.allCases`.
        var refused: [UInt64]
        /// How long ago the newest span of each request had ended, not cumulated.
        var ages = [UInt64](repeating: 0, count: SpanCounters.ageBounds.count + 1)
        var ageSum = 0.0
        /// The farthest that a span ended after its arrival, in seconds.
        var skewMax = 0.0
    }

    /// Upper bounds of the buckets of span ages in seconds.
    static let ageBounds: [Double] = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 86_400]

    private let state: Mutex<Snapshot>

    init(meterCount: Int) {
        state = Mutex(
            Snapshot(refused: [UInt64](repeating: 0, count: meterCount * RefusalReason.allCases.count))
        )
    }

    var snapshot: Snapshot { state.withLock { $0 } }

    /// Counts one request that was taken.
    ///
    /// - Parameter arrival: nanoseconds since 1970.
    func record(_ counts: DerivationCounts, via wire: WireProtocol, arrival: UInt64) {
        let column = wire == .grpc ? 0 : 1
        state.withLock { state in
            state.received[column] += UInt64(counts.spans)
            state.unmatched += UInt64(counts.unmatched)
            state.repeated += UInt64(counts.repeated)
            if counts.malformed > 0 {
                for (index, count) in counts.defects.enumerated() { state.rejected[index] += UInt64(count) }
            }
            guard counts.newestEnd > 0 else { return }
            let age = Double(Int64(bitPattern: arrival &- counts.newestEnd)) / 1e9
            state.skewMax = max(state.skewMax, -age)
            let bucket = Self.ageBounds.firstIndex { age <= $0 } ?? Self.ageBounds.count
            state.ages[bucket] += 1
            state.ageSum += max(0, age)
        }
    }

    /// Counts what a batch says of refused and cut values.
    func record(_ batch: borrowing StagedBatch) {
        guard batch.hasRefusals || batch.values.cutCount > 0 else { return }
        let refusals = batch.refusals
        let cut = UInt64(batch.values.cutCount)
        state.withLock { state in
            state.valuesCut += cut
            for (index, count) in refusals.enumerated() where count > 0 {
                state.refused[index] += UInt64(count)
            }
        }
    }
}

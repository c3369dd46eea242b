import NIOCore
import Synchronization

/// What the server answered in one phase of a run, collected from all connections.
final class Tally: Sendable {
    struct Counts {
        var acknowledgedSpans = 0
        var rejectedSpans = 0
        /// Requests that the server will never take, or that the generator gave up; their spans count nowhere.
        var failedRequests = 0
        /// How often each answer but plain success came, by its name.
        var others: [String: Int] = [:]
        /// Microseconds from a request's (planned) sending to its successful answer.
        var latencies: [UInt32] = []
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func note(_ answer: Answer, spans: Int, latency: TimeAmount) {
        state.withLock { counts in
            switch answer {
            case .accepted(let rejected):
                counts.acknowledgedSpans += spans - rejected
                counts.rejectedSpans += rejected
                counts.latencies.append(UInt32(clamping: latency.nanoseconds / 1_000))
                if rejected > 0 { counts.others["partial success", default: 0] += 1 }
            case .refused(let code, _): counts.others["\(code), sent again", default: 0] += 1
            case .lost(let reason): counts.others["\(reason), sent again", default: 0] += 1
            case .failed(let code):
                counts.failedRequests += 1
                counts.others[code, default: 0] += 1
            }
        }
    }
}

extension Tally.Counts {
    /// The latency that `share` of all successful answers did not exceed, in milliseconds.
    ///
    /// - Complexity: O(*n* log *n*)
    func latency(atShare share: Double) -> Double {
        guard !latencies.isEmpty else { return 0 }
        let sorted = latencies.sorted()
        let rank = Int((Double(sorted.count) * share).rounded(.up)) - 1
        return Double(sorted[min(max(rank, 0), sorted.count - 1)]) / 1_000
    }
}

package import MetricModel
import NIOCore
import Synchronization

/// Counts what the receivers answered and how long that took.
///
/// Becomes `spanmeter_requests_total{protocol,signal,code}`, `spanmeter_request_seconds{protocol}` and
/// `spanmeter_connections_ended_total{listener,reason}`. Every label comes from an enumeration, so the number
/// of series is bounded by construction. One short lock a request; snapshots are rare.
package final class RequestMetrics: Sendable {
    /// Upper bounds of the buckets in seconds; the last bucket, +Inf, has none.
    package static let secondsBounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]

    /// The figures of one moment.
    package struct Snapshot: Sendable {
        /// Answered requests with these labels.
        package struct Requests: Sendable {
            package var wire: WireProtocol
            package var signal: Signal
            package var code: AnswerCode
            package var count: UInt64
        }

        /// The durations of one protocol's requests.
        package struct Durations: Sendable {
            package var wire: WireProtocol
            /// By bucket, not cumulated; one more than `secondsBounds`.
            package var counts: [UInt64]
            package var sumSeconds: Double
        }

        /// Connections we ended, or did not take.
        package struct Ends: Sendable {
            package var listener: ListenerRole
            package var reason: ConnectionEnd
            package var count: UInt64
        }

        /// Only those that occurred.
        package var requests: [Requests]
        /// One per protocol.
        package var durations: [Durations]
        /// Only those that occurred.
        package var ends: [Ends]
    }

    private struct State {
        var requests: [UInt64]
        var buckets: [UInt64]
        var sumNanoseconds: [Int64]
        var ends: [UInt64]
    }

    private static let bucketCount = secondsBounds.count + 1
    private static let boundsNanoseconds = secondsBounds.map { Int64($0 * 1e9) }
    private static let wires = WireProtocol.allCases
    private static let signals = Signal.allCases
    private static let codes = AnswerCode.allCases
    private static let listeners = ListenerRole.allCases
    private static let reasons = ConnectionEnd.allCases

    private let state = Mutex(
        State(
            requests: Array(repeating: 0, count: wires.count * signals.count * codes.count),
            buckets: Array(repeating: 0, count: wires.count * bucketCount),
            sumNanoseconds: Array(repeating: 0, count: wires.count),
            ends: Array(repeating: 0, count: listeners.count * reasons.count)
        )
    )

    /// All figures at 0.
    package init() {}

    /// Counts one answered request.
    func record(_ wire: WireProtocol, _ signal: Signal, _ code: AnswerCode, took: TimeAmount) {
        let wire = Self.index(of: wire)
        let cell = (wire * Self.signals.count + Self.index(of: signal)) * Self.codes.count + code.index
        let nanoseconds = max(0, took.nanoseconds)
        var bucket = 0
        while bucket < Self.bucketCount - 1, nanoseconds > Self.boundsNanoseconds[bucket] { bucket += 1 }
        let bucketCell = wire * Self.bucketCount + bucket
        state.withLock { state in
            state.requests[cell] += 1
            state.buckets[bucketCell] += 1
            state.sumNanoseconds[wire] += nanoseconds
        }
    }

    /// Counts one connection ended by us.
    func record(_ reason: ConnectionEnd, on listener: ListenerRole) {
        guard let row = Self.listeners.firstIndex(of: listener),
            let column = Self.reasons.firstIndex(of: reason)
        else { return }
        state.withLock { $0.ends[row * Self.reasons.count + column] += 1 }
    }

    /// Copies the figures.
    package func snapshot() -> Snapshot {
        let state = state.withLock { $0 }
        var snapshot = Snapshot(requests: [], durations: [], ends: [])
        for (row, wire) in Self.wires.enumerated() {
            for (column, signal) in Self.signals.enumerated() {
                for code in Self.codes {
                    let cell = (row * Self.signals.count + column) * Self.codes.count + code.index
                    let count = state.requests[cell]
                    guard count > 0 else { continue }
                    snapshot.requests.append(.init(wire: wire, signal: signal, code: code, count: count))
                }
            }
            snapshot.durations.append(
                .init(
                    wire: wire,
                    counts: Array(state.buckets[row * Self.bucketCount..<(row + 1) * Self.bucketCount]),
                    sumSeconds: Double(state.sumNanoseconds[row]) / 1e9
                )
            )
        }
        for (row, listener) in Self.listeners.enumerated() {
            for (column, reason) in Self.reasons.enumerated() {
                let count = state.ends[row * Self.reasons.count + column]
                guard count > 0 else { continue }
                snapshot.ends.append(.init(listener: listener, reason: reason, count: count))
            }
        }
        return snapshot
    }

    private static func index(of wire: WireProtocol) -> Int {
        switch wire {
        case .grpc: 0
        case .httpProtobuf: 1
        }
    }

    private static func index(of signal: Signal) -> Int {
        switch signal {
        case .traces: 0
        case .metrics: 1
        case .logs: 2
        case .other: 3
        }
    }
}

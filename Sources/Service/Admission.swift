import Synchronization

/// Bounds what the bodies of requests in progress hold, over all connections of both receivers.
///
/// Bytes are charged as they arrive and when they are decompressed, and 4 KiB for each request that is begun.
/// A request is *small* up to 1 MiB and *large* beyond it. Large ones are bounded in number, and together to three quarters of the bytes; small ones may
/// use all bytes and are not counted. So senders that begin large bodies and stall hold up only other large
/// bodies, and that for at most the request deadline: a quarter of the bytes is always left to ordinary exports.
package final class Admission: Sendable {
    /// What is held at one moment.
    package struct Usage: Sendable, Equatable {
        /// Bytes of all bodies.
        package var byteCount: Int

        /// Bytes of the large bodies.
        package var largeByteCount: Int

        /// Large bodies.
        package var largeRequestCount: Int
    }

    private let byteCountMax: Int
    private let largeByteCountMax: Int
    private let largeRequestCountMax: Int
    private let byteCount = Atomic<Int>(0)
    private let largeByteCount = Atomic<Int>(0)
    private let largeRequestCount = Atomic<Int>(0)

    /// Takes `bufferedByteCountMax` and `largeRequestCountMax` from `limits`.
    package init(_ limits: ServiceLimits) {
        byteCountMax = limits.bufferedByteCountMax
        largeByteCountMax = limits.bufferedByteCountMax / 4 * 3
        largeRequestCountMax = limits.largeRequestCountMax
    }

    /// What is held now; the three figures are read one after the other.
    package var usage: Usage {
        Usage(
            byteCount: byteCount.load(ordering: .relaxed),
            largeByteCount: largeByteCount.load(ordering: .relaxed),
            largeRequestCount: largeRequestCount.load(ordering: .relaxed)
        )
    }

    fileprivate func takeBytes(_ count: Int) -> Bool {
        Self.take(count, of: byteCount, upTo: byteCountMax)
    }

    fileprivate func takeLarge(_ count: Int) -> Bool {
        Self.take(count, of: largeByteCount, upTo: largeByteCountMax)
    }

    fileprivate func enterLarge() -> Bool {
        Self.take(1, of: largeRequestCount, upTo: largeRequestCountMax)
    }

    fileprivate func release(byteCount count: Int, largeByteCount large: Int, isLarge: Bool) {
        if count > 0 { byteCount.subtract(count, ordering: .relaxed) }
        if large > 0 { largeByteCount.subtract(large, ordering: .relaxed) }
        if isLarge { largeRequestCount.subtract(1, ordering: .relaxed) }
    }

    /// Adds and takes back when that was too much: a counter is over its bound only for an instant, and
    /// nothing is allocated on the strength of it.
    private static func take(_ count: Int, of counter: borrowing Atomic<Int>, upTo bound: Int) -> Bool {
        let sum = counter.add(count, ordering: .relaxed).newValue
        guard sum > bound else { return true }
        counter.subtract(count, ordering: .relaxed)
        return false
    }
}

/// What one request holds of an `Admission`; given back by `release`, at the latest at the end of its life.
struct RequestCharge: ~Copyable {
    private let admission: Admission
    private var byteCount = 0
    private var largeByteCount = 0
    private var isLarge = false

    /// What a request costs beside its bytes, so that many with few bytes are bounded too.
    static let overheadByteCount = 4 << 10

    /// Beyond it a request is large.
    private static let smallByteCountMax = ServiceLimits.smallBodyByteCountMax + overheadByteCount

    /// Holds nothing yet.
    init(_ admission: Admission) {
        self.admission = admission
    }

    deinit {
        admission.release(byteCount: byteCount, largeByteCount: largeByteCount, isLarge: isLarge)
    }

    /// Charges `count` more bytes; false, and nothing is charged, when the request has to be refused.
    mutating func add(_ count: Int) -> Bool {
        let sum = byteCount + count
        if sum > Self.smallByteCountMax {
            if !isLarge {
                guard admission.enterLarge() else { return false }
                isLarge = true
            }
            guard admission.takeLarge(sum - largeByteCount) else { return false }
            largeByteCount = sum
        }
        guard admission.takeBytes(count) else { return false }
        byteCount = sum
        return true
    }

    /// Gives everything back; the charge can be used for the next request.
    mutating func release() {
        admission.release(byteCount: byteCount, largeByteCount: largeByteCount, isLarge: isLarge)
        byteCount = 0
        largeByteCount = 0
        isLarge = false
    }
}

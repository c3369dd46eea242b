private import Foundation

/// Positive numbers by their size, so that quantiles are right to 1 %; at most a thousand bounds, whatever comes.
package struct LogHistogram: Sendable, Equatable {
    /// A bucket: its code and how many are in it.
    package struct Bucket: BitwiseCopyable, Sendable, Equatable {
        package var code: UInt16
        package var count: Int

        package init(code: UInt16, count: Int) {
            self.code = code
            self.count = count
        }
    }

    /// A bound is 2 % above the one before: the middle of a bucket is at most 1 % off.
    private static let step = log(1.02)
    /// What is smaller is taken for it; the next thousand codes reach to 4·10⁴ times as much as a second is of it.
    private static let smallest = 1e-4
    private static let codeMax: UInt16 = 1_023

    /// In the order of codes.
    package private(set) var buckets: [Bucket] = []
    package private(set) var count = 0

    package init() {}

    /// Of buckets as they were kept; nil where they are none of ours.
    package init?(_ buckets: [Bucket]) {
        for (bucket, next) in zip(buckets, buckets.dropFirst()) where bucket.code >= next.code { return nil }
        guard buckets.allSatisfy({ $0.count > 0 && $0.code <= Self.codeMax }) else { return nil }
        self.buckets = buckets
        count = buckets.reduce(0) { $0 + $1.count }
    }

    /// Adds a number; what is no number of at least 0 is passed over.
    package mutating func add(_ value: Double) {
        guard value >= 0, value < .infinity else { return }
        let place = value <= Self.smallest ? 0 : (log(value / Self.smallest) / Self.step).rounded(.down) + 1
        let code = UInt16(min(Double(Self.codeMax), place))
        count += 1
        let index = buckets.firstIndex { $0.code >= code } ?? buckets.count
        if index < buckets.count, buckets[index].code == code {
            buckets[index].count += 1
        } else {
            buckets.insert(Bucket(code: code, count: 1), at: index)
        }
    }

    /// The number below which `share` of all are; nil of none.
    package func quantile(_ share: Double) -> Double? {
        guard count > 0 else { return nil }
        var rank = Int((share * Double(count)).rounded(.up))
        for bucket in buckets {
            rank -= bucket.count
            if rank <= 0 {
                return bucket.code == 0 ? 0 : Self.smallest * exp((Double(bucket.code) - 0.5) * Self.step)
            }
        }
        return nil
    }
}

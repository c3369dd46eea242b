/// The upper bounds of a classic histogram's buckets, finite and ascending; `+Inf` is implied.
@usableFromInline package struct BucketLayout: Hashable, Sendable {
    /// Ascending, finite, at least one and at most `boundCountMax`.
    package let bounds: [Double]

    /// The bounds padded with infinity to whole vectors, for `index(of:)`.
    @usableFromInline let lanes: [SIMD4<Double>]

    /// More buckets than this cost every scrape more than they tell anybody.
    package static let boundCountMax = 64

    /// - Throws: `BucketError` when the bounds are none, too many, not finite or not ascending.
    package init(bounds: [Double]) throws(BucketError) {
        guard !bounds.isEmpty else { throw .empty }
        guard bounds.count <= Self.boundCountMax else { throw .tooMany(bounds.count) }
        for (previous, next) in zip(bounds, bounds.dropFirst()) where !(previous < next) {
            throw .notAscending(previous, next)
        }
        for bound in bounds where !bound.isFinite { throw .notFinite(bound) }
        self.bounds = bounds
        var lanes: [SIMD4<Double>] = []
        for start in stride(from: 0, to: bounds.count, by: 4) {
            var lane = SIMD4<Double>(repeating: .infinity)
            for offset in 0..<min(4, bounds.count - start) { lane[offset] = bounds[start + offset] }
            lanes.append(lane)
        }
        self.lanes = lanes
    }

    /// The number of buckets with the last, unbounded one.
    package var bucketCount: Int { bounds.count + 1 }

    /// The bucket of `value`: the first whose bound is not below it; `bounds.count` for the unbounded one.
    ///
    /// HOT: per observation (benchmark `derive`). Branch-free over all bounds.
    @inlinable package func index(of value: Double) -> Int {
        let wanted = SIMD4<Double>(repeating: value)
        var below = SIMD4<Int64>(repeating: 0)
        for lane in lanes {
            below.replace(with: below &+ 1, where: wanted .> lane)
        }
        return Int(below.wrappedSum())
    }
}

/// Why a list of numbers is no bucket layout.
package enum BucketError: Error, Equatable, CustomStringConvertible {
    case empty
    case tooMany(Int)
    case notAscending(Double, Double)
    case notFinite(Double)

    package var description: String {
        switch self {
        case .empty: "buckets are empty: at least one bound is needed"
        case .tooMany(let count): "\(count) buckets are more than the \(BucketLayout.boundCountMax) allowed"
        case .notAscending(let first, let second): "buckets must ascend: \(first) is followed by \(second)"
        case .notFinite(let bound): "bucket bound \(bound) is not finite (+Inf is implied)"
        }
    }
}

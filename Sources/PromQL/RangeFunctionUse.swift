/// A function of a range, such as `rate`, and what it is applied to.
package struct RangeFunctionUse: Sendable {
    package let function: String
    /// The range: a selector with one, or a subquery, without parentheses around it.
    package let argument: PromQLExpression
    /// Where the call stands in the text, in bytes of UTF-8.
    package let place: Range<Int>

    /// Whether it takes the differences of a counter, and undoes its resets.
    package var isRate: Bool { ["rate", "irate", "increase"].contains(function) }

    /// Whether it is applied to an aggregation's history: a rate of a sum takes each reset for a jump to 0.
    package var isOfAggregation: Bool {
        argument.descendants.contains { expression in
            if case .aggregation = expression.node { true } else { false }
        }
    }
}

/// A `histogram_quantile` or `histogram_fraction`, and what it is applied to.
package struct HistogramUse: Sendable {
    package let function: String
    /// The buckets, without parentheses around them.
    package let buckets: PromQLExpression
    /// Where the call stands in the text, in bytes of UTF-8.
    package let place: Range<Int>

    /// Whether the label that tells classic buckets apart reaches the function; nil: nobody knows.
    /// - Parameter metricLabels: As of ``PromQLExpression/resultLabels(metricLabels:)``.
    package func keepsBucketLabel(metricLabels: (String) -> Set<String>?) -> Bool? {
        guard case .known(let labels) = buckets.resultLabels(metricLabels: metricLabels) else { return nil }
        return labels.contains(Self.bucketLabel)
    }

    /// The upper bound of a classic bucket.
    static let bucketLabel = "le"
}

extension PromQLExpression {
    /// Every function of a range in it, in the order of the text.
    package var rangeFunctionUses: [RangeFunctionUse] {
        descendants.compactMap { expression in
            guard case .call(let call) = expression.node,
                let argument = call.arguments.first(where: { $0.type == .rangeVector })
            else { return nil }
            return RangeFunctionUse(
                function: call.name, argument: argument.unwrapped, place: expression.range)
        }
    }

    /// Every quantile or fraction of a histogram in it, in the order of the text.
    package var histogramUses: [HistogramUse] {
        descendants.compactMap { expression in
            guard case .call(let call) = expression.node, call.isOfBuckets, let buckets = call.arguments.last
            else { return nil }
            return HistogramUse(function: call.name, buckets: buckets.unwrapped, place: expression.range)
        }
    }
}

extension FunctionCall {
    /// Whether it makes one value of the buckets of a histogram.
    var isOfBuckets: Bool { name == "histogram_quantile" || name == "histogram_fraction" }
}

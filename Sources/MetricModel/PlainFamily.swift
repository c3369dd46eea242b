/// A small family with its samples at hand, as the process reports about itself.
package struct PlainFamily: Sendable {
    /// One series: its labels, and its value or, in a histogram, its buckets.
    package struct Sample: Sendable {
        /// What a series shows.
        package enum Value: Sendable {
            /// Of a counter or gauge.
            case number(Double)
            /// Counts by bucket, not cumulated, one more than `bounds`: the last bucket is unbounded.
            case histogram(bounds: [Double], counts: [UInt64], sum: Double)
        }

        package let labels: [(name: String, value: String)]
        package let value: Value

        /// A series of a counter or gauge.
        package init(labels: [(name: String, value: String)] = [], value: Double) {
            self.labels = labels
            self.value = .number(value)
        }

        /// A series of a histogram; `counts` are not cumulated and have one more than `bounds`.
        package init(
            labels: [(name: String, value: String)] = [], bounds: [Double], counts: [UInt64], sum: Double
        ) {
            precondition(counts.count == bounds.count + 1, "the last bucket has no bound")
            self.labels = labels
            value = .histogram(bounds: bounds, counts: counts, sum: sum)
        }
    }

    package let name: String
    package let kind: MetricFamily.Kind
    package let help: String
    package var samples: [Sample]
    /// When its counters and histograms began at 0, in milliseconds since 1970; 0 where that is not known.
    package var created: Int64

    package init(
        name: String, kind: MetricFamily.Kind, help: String, samples: [Sample], created: Int64 = 0
    ) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
        self.created = created
    }
}

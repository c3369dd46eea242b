/// A small family with its samples at hand, as the process reports about itself.
package struct PlainFamily: Sendable {
    /// One line: the family's name with `suffix`, labels in this order.
    package struct Sample: Sendable {
        /// `_bucket`, `_sum`, `_count` or nothing.
        package let suffix: String
        package let labels: [(name: String, value: String)]
        package let value: Double

        package init(suffix: String = "", labels: [(name: String, value: String)] = [], value: Double) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    package let name: String
    package let kind: MetricFamily.Kind
    package let help: String
    package var samples: [Sample]

    package init(name: String, kind: MetricFamily.Kind, help: String, samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }
}

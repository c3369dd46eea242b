/// Which series are asked for, and as of when.
package struct VectorSelector: Equatable, Sendable {
    /// The name before the braces.
    package let name: String?
    /// What stands in the braces, in its order. A name in quotes there is a matcher of `__name__`.
    package let matchers: [LabelMatcher]
    package var placement = TimePlacement()

    /// The one metric that it selects from, if its name is certain.
    package var metric: String? {
        if let name { return name }
        let names = matchers.filter { $0.label == LabelMatcher.nameLabel }
        guard names.count == 1, let only = names.first, only.comparison == .equal else { return nil }
        return only.value
    }
}

/// `label="value"`
package struct LabelMatcher: Equatable, Sendable {
    package let label: String
    package let comparison: Comparison
    /// A regular expression where `comparison` says so. Bytes that are no UTF-8 have become U+FFFD.
    package let value: String

    /// How the label's value is compared.
    package enum Comparison: String, CaseIterable, Sendable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case doesNotMatch = "!~"
    }

    /// The label that holds the metric's name.
    package static let nameLabel = "__name__"
}

/// The moment that a selector or subquery looks at instead of the evaluation's own.
package struct TimePlacement: Equatable, Sendable {
    package var offset: PromQLDuration?
    package var at: Moment?

    /// What `@` names.
    package enum Moment: Equatable, Sendable {
        /// Unix time.
        case seconds(Double)
        /// The start of the query's time range.
        case start
        case end
    }
}

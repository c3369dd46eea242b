/// Which labels the series of a result can have, the metric's name apart.
package enum ResultLabels: Equatable, Sendable {
    /// These and no others. A series may lack some of them.
    case known(Set<String>)
    /// Some selector's labels are not known, and they reach the result.
    case unknown

    /// Scalars, strings, and aggregations without `by`.
    static let noLabels = ResultLabels.known([])

    fileprivate func map(_ change: (Set<String>) -> Set<String>) -> ResultLabels {
        guard case .known(let labels) = self else { return .unknown }
        return .known(change(labels))
    }

    /// `labels`, but for those of which it is known that they are not here.
    fileprivate func keeping(_ labels: Set<String>) -> Set<String> {
        guard case .known(let own) = self else { return labels }
        return labels.intersection(own)
    }
}

extension PromQLExpression {
    /// The labels that the result can have.
    /// - Parameter metricLabels: The labels that series of a metric can have, `__name__` apart; nil: not known.
    package func resultLabels(metricLabels: (String) -> Set<String>?) -> ResultLabels {
        labels(metricLabels).map { $0.subtracting([LabelMatcher.nameLabel]) }
    }

    private func labels(_ metricLabels: (String) -> Set<String>?) -> ResultLabels {
        switch node {
        case .number, .string: return .noLabels
        case .selector(let selector), .range(let selector, _):
            guard let metric = selector.metric, let labels = metricLabels(metric) else { return .unknown }
            let absent = selector.matchers.filter { $0.comparison == .equal && $0.value.isEmpty }
            return .known(labels.subtracting(absent.map(\.label)))
        case .subquery(let subquery): return subquery.inner.labels(metricLabels)
        case .unary(_, let inner), .parenthesised(let inner): return inner.labels(metricLabels)
        case .aggregation(let aggregation):
            return aggregation.labels(of: aggregation.inner.labels(metricLabels))
        case .call(let call):
            let vector = call.arguments.first { $0.type == .instantVector || $0.type == .rangeVector }
            guard let vector, type != .scalar else { return .noLabels }
            return call.labels(of: vector.labels(metricLabels))
        case .binary(let operation):
            return operation.labels(
                left: operation.left.labels(metricLabels), right: operation.right.labels(metricLabels))
        }
    }

    /// The text of a string.
    fileprivate var stringValue: String? {
        guard case .string(let text) = unwrapped.node else { return nil }
        return text
    }
}

extension Aggregation {
    fileprivate func labels(of inner: ResultLabels) -> ResultLabels {
        // These pick series and change nothing about them.
        if name == "topk" || name == "bottomk" { return inner }
        let grouped: ResultLabels =
            switch grouping {
            case .none: .noLabels
            case .some(let grouping) where grouping.isWithout: inner.map { $0.subtracting(grouping.labels) }
            case .some(let grouping): .known(inner.keeping(Set(grouping.labels)))
            }
        guard name == "count_values" else { return grouped }
        return grouped.map { $0.union(parameter?.stringValue.map { [$0] } ?? []) }
    }
}

extension FunctionCall {
    fileprivate func labels(of inner: ResultLabels) -> ResultLabels {
        switch name {
        case "absent", "absent_over_time": return .known(labelsOfAbsent)
        case "label_join": return inner.map { $0.union([arguments[1].stringValue ?? ""]) }
        case "label_replace":
            // An empty replacement can only take the label away.
            guard arguments[2].stringValue != "" else { return inner }
            return inner.map { $0.union([arguments[1].stringValue ?? ""]) }
        default:
            return isOfBuckets ? inner.map { $0.subtracting([HistogramUse.bucketLabel]) } : inner
        }
    }

    /// What `absent` knows about the series that is not there: the labels that the selector sets to one value.
    private var labelsOfAbsent: Set<String> {
        guard let use = arguments.first?.unwrapped.selectorUses.first, use.enclosing.isEmpty else {
            return []
        }
        let byLabel = Dictionary(grouping: use.selector.matchers, by: \.label)
        return Set(
            byLabel.compactMap { label, matchers in
                guard matchers.count == 1, matchers[0].comparison == .equal, !matchers[0].value.isEmpty else {
                    return nil
                }
                return label
            })
    }
}

extension BinaryOperation {
    fileprivate func labels(left: ResultLabels, right: ResultLabels) -> ResultLabels {
        // A scalar leaves the labels of the other side as they are.
        if self.left.type == .scalar { return right }
        if self.right.type == .scalar { return left }
        switch `operator` {
        case .and, .unless: return left
        case .or:
            guard case .known(let more) = right else { return .unknown }
            return left.map { $0.union(more) }
        default: return matched(left: left, right: right)
        }
    }

    private func matched(left: ResultLabels, right: ResultLabels) -> ResultLabels {
        if let group = matching?.group {
            let (many, one) = group.manySide == .left ? (left, right) : (right, left)
            let included = Set(group.included)
            // What the one side lacks is taken away, also where the many side has it.
            return many.map { $0.subtracting(included).union(one.keeping(included)) }
        }
        if let matching, matching.isOn {
            return .known(left.keeping(right.keeping(Set(matching.labels))))
        }
        // Series match if all labels but the ignored are the same, so both sides have every one of the result.
        let ignored = matching?.labels ?? []
        return switch (left, right) {
        case (.known(let left), _): .known(right.keeping(left).subtracting(ignored))
        case (.unknown, _): right.map { $0.subtracting(ignored) }
        }
    }
}

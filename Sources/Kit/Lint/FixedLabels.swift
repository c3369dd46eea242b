import PromQL

extension PromQLExpression {
    /// Labels of which every series of the result has the same value, because a matcher says so.
    var fixedLabels: [String: String] {
        switch node {
        case .number, .string: return [:]
        case .selector(let selector), .range(let selector, _): return selector.fixedLabels
        case .subquery(let subquery): return subquery.inner.fixedLabels
        case .unary(_, let inner), .parenthesised(let inner): return inner.fixedLabels
        case .aggregation(let aggregation):
            let labels = aggregation.inner.fixedLabels
            if aggregation.name == "topk" || aggregation.name == "bottomk" { return labels }
            guard let grouping = aggregation.grouping else { return [:] }
            return labels.filter { grouping.labels.contains($0.key) != grouping.isWithout }
        case .call(let call):
            let changing: Set = ["absent", "absent_over_time", "label_replace", "label_join"]
            guard !changing.contains(call.name), type == .instantVector else { return [:] }
            let vector = call.arguments.first { $0.type == .instantVector || $0.type == .rangeVector }
            return vector?.fixedLabels ?? [:]
        case .binary(let operation): return operation.fixedLabels
        }
    }
}

extension VectorSelector {
    fileprivate var fixedLabels: [String: String] {
        var labels: [String: String] = [:]
        for matcher in matchers where matcher.comparison == .equal && !matcher.value.isEmpty {
            guard VariableNames.names(in: matcher.value).isEmpty else { continue }
            labels[matcher.label] = matcher.value
        }
        return labels.filter { $0.key != LabelMatcher.nameLabel }
    }
}

extension BinaryOperation {
    fileprivate var fixedLabels: [String: String] {
        let (left, right) = (left.fixedLabels, right.fixedLabels)
        if self.left.type == .scalar { return right }
        if self.right.type == .scalar { return left }
        switch `operator` {
        case .and, .unless: return left
        case .or: return left.filter { right[$0.key] == $0.value }
        default: break
        }
        if let group = matching?.group {
            return (group.manySide == .left ? left : right).filter { !group.included.contains($0.key) }
        }
        return left.filter { isMatched($0.key) }
    }

    /// Whether series have to agree in the label.
    func isMatched(_ label: String) -> Bool {
        guard let matching else { return true }
        return matching.labels.contains(label) == matching.isOn
    }
}

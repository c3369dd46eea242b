import PromQL

extension KnownSeries {
    /// Whether the values are shares of something, which cannot be averaged without their weights.
    func isRatio(_ expression: PromQLExpression) -> Bool {
        switch expression.node {
        case .number, .string, .subquery: return false
        case .selector(let selector), .range(let selector, _): return series(of: selector)?.isRatio ?? false
        case .unary(_, let inner), .parenthesised(let inner): return isRatio(inner)
        case .aggregation(let aggregation):
            let picks: Set = ["min", "max", "topk", "bottomk", "quantile"]
            return picks.contains(aggregation.name) && isRatio(aggregation.inner)
        case .call(let call):
            let same: Set = ["clamp", "clamp_max", "clamp_min", "round", "abs", "sort", "sort_desc"]
            return same.contains(call.name) && call.arguments.first.map { isRatio($0) } ?? false
        case .binary(let operation): return isRatio(operation)
        }
    }

    private func isRatio(_ operation: BinaryOperation) -> Bool {
        switch operation.operator {
        case .divide where operation.left.type == .instantVector && operation.right.type == .instantVector:
            return isAmount(operation.left) && isAmount(operation.right)
        case .divide: return isRatio(operation.left)
        case .multiply where operation.left.type == operation.right.type: return false
        case .or, .add, .subtract, .multiply: return isRatio(operation.left) || isRatio(operation.right)
        case .and, .unless: return isRatio(operation.left)
        case let other where other.isComparison && !operation.returnsBool: return isRatio(operation.left)
        default: return false
        }
    }

    /// Whether the values say how much of something there was: a rate, a sum, a count; not a time, not a share.
    private func isAmount(_ expression: PromQLExpression) -> Bool {
        switch expression.node {
        case .number, .string, .subquery, .range: return false
        case .selector(let selector): return series(of: selector).map { !$0.isRatio } ?? false
        case .unary(_, let inner), .parenthesised(let inner): return isAmount(inner)
        case .aggregation(let aggregation):
            return aggregation.name == "count" || (aggregation.name == "sum" && isAmount(aggregation.inner))
        case .call(let call):
            let growth: Set = [
                "rate", "irate", "increase", "max_over_time", "sum_over_time", "count_over_time",
            ]
            return growth.contains(call.name)
        case .binary(let operation):
            switch operation.operator {
            case .subtract, .or, .and, .unless: return isAmount(operation.left)
            case .add: return isAmount(operation.left) && isAmount(operation.right)
            case .multiply: return isAmount(operation.left) || isAmount(operation.right)
            case let other where other.isComparison && !operation.returnsBool: return isAmount(operation.left)
            default: return false
            }
        }
    }
}

import PromQL

/// `promql/vector-matching`: the two sides of an operator have the labels that they are matched by.
///
/// Where one side has a label that the other lacks, nothing matches, and the result is empty.
enum VectorMatchingCheck: ExpressionCheck {
    static let name = "promql/vector-matching"

    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding] {
        tree.descendants.compactMap { node in
            guard case .binary(let operation) = node.node, operation.operator != .or,
                operation.left.type == .instantVector, operation.right.type == .instantVector,
                let left = known.labels(of: operation.left), let right = known.labels(of: operation.right)
            else { return nil }
            let matching = operation.matching
            var (ownLeft, ownRight) = (left.subtracting(right), right.subtracting(left))
            if let matching {
                if matching.isOn {
                    ownLeft.formIntersection(matching.labels)
                    ownRight.formIntersection(matching.labels)
                } else {
                    ownLeft.subtract(matching.labels)
                    ownRight.subtract(matching.labels)
                }
            }
            let symbol = operation.operator.rawValue
            guard let (side, labels) = wrong(ownLeft, ownRight) else { return nil }
            let common = left.intersection(right).sorted().joined(separator: ", ")
            return expression.finding(
                Self.self, at: node.range,
                "matches '\(symbol)' by \(labels.sorted().joined(separator: ", ")), which only the \(side) "
                    + "side has; wanted 'on (\(common))', or both sides grouped alike")
        }
    }

    private static func wrong(_ left: Set<String>, _ right: Set<String>) -> (String, Set<String>)? {
        if !left.isEmpty { return ("left", left) }
        return right.isEmpty ? nil : ("right", right)
    }
}

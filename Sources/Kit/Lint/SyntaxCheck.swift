import PromQL

/// `promql/syntax`: every expression is read by Prometheus 2.42 and by 3.5, without experimental features.
enum SyntaxCheck: LintCheck {
    static let name = "promql/syntax"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.expressions.flatMap { expression in
            guard let (dialect, error) = expression.errors.first else { return [LintFinding]() }
            let version = expression.errors.count > 1 ? "" : ", by Prometheus \(dialect.rawValue)"
            return [
                expression.finding(
                    Self.self, at: error.offset..<error.offset + 1, "is no PromQL\(version): \(error.message)"
                )
            ]
        }
    }
}

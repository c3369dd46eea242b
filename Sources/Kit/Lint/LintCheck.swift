import PromQL

/// One thing that can be wrong with a kit: one file, one doc comment, one name.
protocol LintCheck: Sendable {
    /// As findings and excuses have it: `promql/unknown-metric`.
    static var name: String { get }
    /// Everything of the kit that is wrong in this way.
    static func findings(in kit: LintedKit) -> [LintFinding]
}

/// A check that looks at one expression after another.
protocol ExpressionCheck: LintCheck {
    static func findings(
        in expression: LintedExpression, _ tree: PromQLExpression, _ known: KnownSeries
    ) -> [LintFinding]
}

extension ExpressionCheck {
    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.expressions.flatMap { expression in
            expression.tree.map { findings(in: expression, $0, kit.known) } ?? []
        }
    }
}

/// Every check, in the order of the README's table.
enum LintChecks {
    static let all: [any LintCheck.Type] = [
        SyntaxCheck.self, UnknownMetricCheck.self, UnknownLabelCheck.self, CounterRateCheck.self,
        RateOfSumCheck.self, BareCounterCheck.self, QuantileCheck.self, AverageOfRatiosCheck.self,
        InstanceBoundCheck.self, RateIntervalCheck.self, RateWindowCheck.self, RetentionCheck.self,
        OffsetCheck.self, VectorMatchingCheck.self, ManyMatchesCheck.self, FragileCheck.self,
        ImpossibleCheck.self, RegexpCheck.self,
        NaNCheck.self, AlertComparisonCheck.self, AlertForCheck.self, AlertAbsentCheck.self,
        AlertCountCheck.self, AlertTemplateCheck.self, AlertAnnotationCheck.self, AlertWindowCheck.self,
        RuleNameCheck.self, RuleDuplicateCheck.self, RuleDependencyCheck.self, GroupIntervalCheck.self,
        PanelLegendCheck.self, PanelColumnCheck.self, PanelUnitCheck.self, PanelThresholdCheck.self,
        PanelNoValueCheck.self, BoardVariableCheck.self, BoardAnnotationCheck.self,
    ]
}

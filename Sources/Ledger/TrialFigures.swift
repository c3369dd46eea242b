package import Statistics

/// What follows from an experiment's or a skill's counts.
package struct TrialFigures: Sendable {
    /// One arm, or one edition.
    package struct Version: Sendable {
        package let name: String
        /// Whether the others are held against it.
        package let isReference: Bool
        package let count: PassCount
        package let costPerCase: Double?
        package let tokensPerCase: Double?
        package let latencyP95: Double?
        /// Against the reference; nil for that.
        package let comparison: ArmComparison?
        /// Milliseconds since 1970.
        package let first: Int64
        package let last: Int64
    }

    /// The reference first.
    package let versions: [Version]
    /// Of the shares that arms were meant to get; nil for one version.
    package let sampleRatio: Double?
    package let verdict: ExperimentVerdict

    /// The arm in force is the one whose results are production's own, else the first by name; of a skill it is the
    /// edition before.
    ///
    /// - Parameter shares: of an experiment's arms by name; nil for equal ones.
    init(_ record: TrialRecord, _ cases: [TrialCase], shares: [String: Double]? = nil) {
        var order = record.versions
        if record.key.kind == .experiment {
            order.sort { ($0.isControl ? 0 : 1, $0.name) < ($1.isControl ? 0 : 1, $1.name) }
        }
        let reference = order.first
        versions = order.map { version in
            var comparison: ArmComparison?
            if let reference, version.serial != reference.serial {
                comparison = ArmComparison(reference.count, version.count)
                for item in cases {
                    comparison?.add(item.count(reference.serial), item.count(version.serial))
                }
            }
            return Version(
                name: version.name, isReference: version.serial == reference?.serial, count: version.count,
                costPerCase: version.cost.mean, tokensPerCase: version.tokens.mean,
                latencyP95: version.latency.quantile(0.95), comparison: comparison, first: version.first,
                last: version.last)
        }
        sampleRatio = SampleRatio.pValue(
            order.map(\.count.total), shares: shares.map { shares in order.map { shares[$0.name] ?? 0 } })
        verdict = ExperimentVerdict(
            reference: reference?.name ?? "", tooFew: order.first { $0.count.total == 0 }?.name,
            arms: versions.compactMap { version in
                version.comparison.map { ExperimentVerdict.Arm(name: version.name, comparison: $0) }
            }, sampleRatio: sampleRatio)
    }
}

extension ArmComparison {
    /// The chance that the test of two proportions sees a fall by the margin below the first arm's ratio, or a rise
    /// where there is no room below.
    package var power: Double {
        let (first, margin) = (proportions.first.ratio, ExperimentVerdict.margin)
        let other = first >= margin ? first - margin : first + margin
        return ProportionPower(proportions.first.total, proportions.second.total).power(first, other)
    }

    /// The smallest difference that it would see in four of five experiments; nil where the first arm's results are
    /// all the same, so that nothing is known of their variance.
    package var smallestDifference: Double? {
        guard proportions.first.passed > 0, proportions.first.failed > 0 else { return nil }
        return ProportionPower(proportions.first.total, proportions.second.total).smallestDifference(
            from: proportions.first.ratio)
    }
}

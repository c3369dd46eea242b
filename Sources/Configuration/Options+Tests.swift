extension Options {
    /// How results of tests are made of spans, and how long they are remembered.
    package enum Tests {
        /// Branches whose runs make history.
        package static let branches = ConfigurationOption<[String]>(
            "tests.branches",
            default: .computed(text: "main, master", wanted: "a list", { _ in ["main", "master"] }),
            "The branches whose runs say whether a test is flaky or broken; runs that name no branch do, too."
        )

        /// From a case's own span to its result.
        package static let foldTimeout = ConfigurationOption(
            "tests.fold_timeout", default: Duration.seconds(5), in: .milliseconds(100) ... .seconds(600),
            "How long after a test's own span, or its run's, other spans of it are waited for."
        )

        /// From the last sign of a case without its own span to its result.
        package static let orphanTimeout = ConfigurationOption(
            "tests.orphan_timeout", default: Duration.seconds(3_600), in: .seconds(1) ... .seconds(86_400),
            "How long a test whose own span does not come is waited for after the last span of its trace."
        )

        /// Tests with series of their own.
        package static let maxExposed = ConfigurationOption(
            "tests.max_exposed", default: 1_000, in: 0...100_000,
            "The tests that have series of their own: broken, flaky, missing, new and slow ones first."
        )

        /// Whether environments are kept apart.
        package static let perEnvironment = ConfigurationOption(
            "tests.per_environment", default: false,
            "Whether the same test of a service in another environment is another test."
        )

        /// How long single results are kept.
        package static let retention = ConfigurationOption(
            "ledger.retention", default: Duration.seconds(30 * 86_400),
            in: .seconds(86_400) ... .seconds(366 * 86_400),
            "How long single results of tests are kept."
        )

        /// How long daily sums are kept.
        package static let dailyRetention = ConfigurationOption(
            "ledger.daily_retention", default: Duration.seconds(90 * 86_400),
            in: .seconds(86_400) ... .seconds(3_660 * 86_400),
            "How long the sums of each day and tests that were not seen again are kept."
        )

        static let declarations: [OptionDeclaration] = [
            branches.declaration, foldTimeout.declaration, orphanTimeout.declaration,
            maxExposed.declaration, perEnvironment.declaration, retention.declaration,
            dailyRetention.declaration,
        ]
    }
}

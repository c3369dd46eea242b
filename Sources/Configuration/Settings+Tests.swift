extension Settings {
    /// How results of tests are made of spans, and how long they are remembered.
    package struct Tests: Sendable, Equatable {
        /// Branches whose runs make history, besides runs that name none.
        package var branches: [String]

        /// How long after a test's own span others of it are waited for.
        package var foldTimeout: Duration

        /// How long a test whose own span does not come is waited for.
        package var orphanTimeout: Duration

        /// Tests with series of their own.
        package var maxExposed: Int

        /// Whether the same test in another environment is another one.
        package var perEnvironment: Bool

        /// How long single results are kept.
        package var retention: Duration

        /// How long daily sums are kept.
        package var dailyRetention: Duration

        init?(_ resolver: inout SettingsResolver) {
            let branches = resolver.value(Options.Tests.branches)
            let foldTimeout = resolver.value(Options.Tests.foldTimeout)
            let orphanTimeout = resolver.value(Options.Tests.orphanTimeout)
            let maxExposed = resolver.value(Options.Tests.maxExposed)
            let perEnvironment = resolver.value(Options.Tests.perEnvironment)
            let retention = resolver.value(Options.Tests.retention)
            let dailyRetention = resolver.value(Options.Tests.dailyRetention)
            guard let branches, let foldTimeout, let orphanTimeout, let maxExposed, let perEnvironment,
                let retention, let dailyRetention
            else { return nil }
            self.branches = branches
            self.foldTimeout = foldTimeout
            self.orphanTimeout = orphanTimeout
            self.maxExposed = maxExposed
            self.perEnvironment = perEnvironment
            self.retention = retention
            self.dailyRetention = dailyRetention
        }
    }
}

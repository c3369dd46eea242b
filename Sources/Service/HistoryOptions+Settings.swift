package import Configuration
package import Ledger

extension HistoryOptions {
    /// What the configuration says of the history of tests.
    ///
    /// - Parameter keepsPatternsOfTests: for reports; it takes memory.
    package init(_ settings: Settings, keepsPatternsOfTests: Bool = false) {
        self.init(
            branches: settings.tests.branches, exposedTestCountMax: settings.tests.maxExposed,
            testCountMax: settings.limits.tests, isPerEnvironment: settings.tests.perEnvironment,
            keepsPatternsOfTests: keepsPatternsOfTests)
    }
}

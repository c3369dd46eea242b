package import Configuration
package import Ledger

extension HistoryOptions {
    /// What the configuration says of the history of tests.
    ///
    /// - Parameters:
    ///   - keepsPatternsOfTests: for reports; it takes memory.
    ///   - keepsDiffs: as well.
    package init(_ settings: Settings, keepsPatternsOfTests: Bool = false, keepsDiffs: Bool = false) {
        self.init(
            branches: settings.tests.branches, exposedTestCountMax: settings.tests.maxExposed,
            testCountMax: settings.limits.tests, isPerEnvironment: settings.tests.perEnvironment,
            keepsPatternsOfTests: keepsPatternsOfTests,
            skillOwner: SkillOwner(service: settings.skillService, environment: settings.environment),
            keepsDiffs: keepsDiffs,
            shares: Dictionary(settings.experiments.map { ($0.name, $0.shares) }) { $1 })
    }
}

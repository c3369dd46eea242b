/// What the history of tests is told to keep and to show.
package struct HistoryOptions: Sendable, Equatable {
    /// Branches whose runs make windows and states, besides runs that name none.
    package var branches: [String]
    /// Tests with figures of their own.
    package var exposedTestCountMax: Int
    /// Tests that are known at all; what is beyond is counted, not kept.
    package var testCountMax: Int
    /// What the windows of all tests may take together.
    package var windowByteCount: Int
    /// Whether the same test in another environment is another test.
    package var isPerEnvironment: Bool
    /// Whether it remembers which test failed with what: only for reports, it takes memory.
    package var keepsPatternsOfTests: Bool
    /// Whose a skill is that nobody sends spans of.
    package var skillOwner: SkillOwner
    /// Whether it remembers what was changed in skills: only for reports, it takes memory.
    package var keepsDiffs: Bool
    /// By experiment and variant: the share of the cases it is meant to get; others get equal ones.
    package var shares: [String: [String: Double]]

    package struct SkillOwner: Sendable, Equatable {
        package var service: String
        package var environment: String

        package init(service: String = "skills", environment: String = "default") {
            self.service = service
            self.environment = environment
        }
    }

    package init(
        branches: [String] = ["main", "master"], exposedTestCountMax: Int = 1_000,
        testCountMax: Int = 200_000,
        windowByteCount: Int = 128 << 20, isPerEnvironment: Bool = false, keepsPatternsOfTests: Bool = false,
        skillOwner: SkillOwner = SkillOwner(), keepsDiffs: Bool = false,
        shares: [String: [String: Double]] = [:]
    ) {
        self.branches = branches
        self.exposedTestCountMax = exposedTestCountMax
        self.testCountMax = testCountMax
        self.windowByteCount = windowByteCount
        self.isPerEnvironment = isPerEnvironment
        self.keepsPatternsOfTests = keepsPatternsOfTests
        self.skillOwner = skillOwner
        self.keepsDiffs = keepsDiffs
        self.shares = shares
    }

    /// Runs: the number of one has 24 bits in a result's word.
    static let runCountMax = 1 << 24

    /// Experiments, or skills, that are known at all; results of what is beyond are counted, not kept.
    static func trialCountMax(_ kind: TrialKind) -> Int {
        switch kind {
        case .experiment: 200
        case .skill: 1_000
        }
    }

    /// Arms of an experiment.
    static let armCountMax = 8
    /// Cases that an experiment or a skill is known by one by one.
    static let trialCaseCountMax = 5_000
    /// The same of all of them: with their names some 250 bytes each, so 25 MB.
    static let trialCaseCountInAllMax = 100_000
}

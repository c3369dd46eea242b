package import MetricModel

/// What is told of a test to people.
package struct TestReport: Sendable, Equatable {
    /// What can be asked for. A test that is missing has one of the other states, too.
    package enum State: String, Sendable, CaseIterable {
        case broken, flaky, missing, new, healthy
        /// It never did anything but be skipped.
        case skipped
    }

    /// The failures since the last pass.
    package struct Streak: Sendable, Equatable {
        package var count: Int
        /// Of the first failure; nil where it is unknown.
        package var revision: String?
        /// When the run of the first failure began, in milliseconds since 1970.
        package var start: Int64
    }

    package var service: String
    package var environment: String
    package var suite: String?
    package var test: String
    package var file: String?
    package var state: State
    package var isMissing: Bool
    /// The last results that count, oldest first.
    package var lastResults: [CaseOutcome]
    /// Passed and all results of the last seven days, with Wilson's bounds.
    package var passCount: Int
    package var resultCount: Int
    package var bounds: PassBounds?
    package var flipRate: Double?
    package var flakiness: Double?
    package var streak: Streak?
    /// Milliseconds since 1970.
    package var lastSeen: Int64
    /// The median duration in seconds.
    package var median: Double?
    /// What it failed with most often.
    package var pattern: String?
}

/// Wilson's interval of a pass ratio at 95 %.
package struct PassBounds: Sendable, Equatable {
    package var low: Double
    package var high: Double
}

/// Which tests are told of.
package struct TestFilter: Sendable {
    /// Any of these; all where it is empty.
    package var states: Set<TestReport.State>
    package var service: String?
    /// Says of a suite whether it is wanted; a test without one has the empty name.
    package var isSuiteWanted: @Sendable (String) -> Bool

    package init(
        states: Set<TestReport.State> = [], service: String? = nil,
        isSuiteWanted: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.states = states
        self.service = service
        self.isSuiteWanted = isSuiteWanted
    }

    package func takes(service: String, suite: String?) -> Bool {
        (self.service ?? service) == service && isSuiteWanted(suite ?? "")
    }
}

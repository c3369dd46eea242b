package import MetricModel

/// How spans of a tool become results of cases and runs, as a pack says it; its expressions name no fields.
package struct FoldDescription: Sendable {
    /// How the run of a case is found.
    package enum RunBy: String, Sendable, CaseIterable {
        /// By the span above it; by the key where there is none.
        case parent
        /// By the key alone.
        case key
        /// By the trace.
        case trace
    }

    /// What makes a case final.
    package enum Finality: String, Sendable, CaseIterable { case test = "case", run }

    package let name: String
    /// At most 8.
    package let phases: [String]
    /// The phase that begins an attempt inside a case.
    package let begin: Int?
    /// The phase whose duration is the case's.
    package let durationPhase: Int?
    /// Outcomes behind which the same test again is the next attempt; empty where attempts lie inside a case.
    package let again: Set<Outcome>
    /// Whether only the next sibling is.
    package let isNext: Bool
    /// The outcome of an attempt, over facts; nil for what the span says itself.
    package let outcome: Expression?
    /// What stands between suite and test in a test's id; nil where the test is the id.
    package let qualifier: String?
    /// What joins the containers' names to the suite's; nil where the span names it.
    package let path: String?
    package let runBy: RunBy
    package let takesContained: Bool
    /// Milliseconds of silence that end a run without a span of its own.
    package let idle: Int64
    package let final: Finality
    package let roles: [FoldRoleDescription]

    /// Whether spans above the cases tell of runs.
    package var hasContainers: Bool { roles.contains { $0.role == .container } }

    /// Whether a case's own span says all of its result: nothing that comes behind it can alter that.
    package var isDecidedAtOnce: Bool {
        final == .test && phases.isEmpty && again.isEmpty && path == nil && !hasContainers
    }

    /// Whether a span of `role` may say `field`.
    package func says(_ field: FoldField, _ role: FoldRole) -> Bool {
        roles.contains { $0.role == role && $0.fields.contains { $0.field == field } }
    }
}

/// Which spans play a role in a fold, and what is read of them.
package struct FoldRoleDescription: Sendable {
    /// A field and what it is.
    package struct Reading: Sendable {
        package let field: FoldField
        package let value: Expression
    }

    package let role: FoldRole
    /// The number of the phase; 0 for other roles.
    package let phase: Int
    package let selector: Expression
    package let fields: [Reading]
    package let failures: FailureEvents?
}

/// Events of a span that say why it failed.
package struct FailureEvents: Sendable, Equatable {
    package let name: TextPattern
    /// The attributes for the exception's type and message; the first that is there counts.
    package let type: [String]
    package let message: [String]
}

/// An alert of a pack, with what somebody needs who is woken by it.
package struct AlertDescription: Sendable, Equatable {
    /// How soon somebody has to respond; `heartbeat` is the alert that always fires.
    package enum Severity: String, Sendable, CaseIterable {
        case p0 = "P0"
        case p1 = "P1"
        case p2 = "P2"
        case p3 = "P3"
        case heartbeat
    }

    /// What the alert's page says.
    package struct Runbook: Sendable, Equatable {
        package let meaning: String
        /// The first three things to look at.
        package let checks: [String]
        package let actions: String

        package init(meaning: String, checks: [String], actions: String) {
            self.meaning = meaning
            self.checks = checks
            self.actions = actions
        }
    }

    package let name: String
    /// With `$scope` and `$objective(…)` still in it.
    package let expression: String
    package let pending: String
    package let keepFiringFor: String?
    package let severity: Severity
    package let audience: String
    /// nil for the audience's name.
    package let team: String?
    package let labels: [String: String]
    package let summary: String
    package let description: String
    /// How messages show the value; nil for the number as it is.
    package let value: String?
    /// What messages hold against the value.
    package let threshold: String?
    package let impact: String
    package let action: String
    /// The board that it points to.
    package let board: String
    package let runbook: Runbook
    /// Whether `for` is written, and not only its default.
    package let saysPending: Bool
    /// Checks that need not hold here, with the reasons.
    package let excuses: [String: String]
    package let place: PackPlace

    package init(
        name: String, expression: String, pending: String, keepFiringFor: String?, severity: Severity,
        audience: String, team: String?, labels: [String: String], summary: String, description: String,
        value: String? = nil, threshold: String? = nil, impact: String, action: String,
        board: String, runbook: Runbook, saysPending: Bool = true,
        excuses: [String: String] = [:], place: PackPlace
    ) {
        self.name = name
        self.expression = expression
        self.pending = pending
        self.keepFiringFor = keepFiringFor
        self.severity = severity
        self.audience = audience
        self.team = team
        self.labels = labels
        self.summary = summary
        self.description = description
        self.value = value
        self.threshold = threshold
        self.impact = impact
        self.action = action
        self.board = board
        self.runbook = runbook
        self.saysPending = saysPending
        self.excuses = excuses
        self.place = place
    }
}

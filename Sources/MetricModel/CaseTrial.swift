/// What a case says of what is tried with it: the arm of an experiment, the skill in its edition, and what
/// it took.
@usableFromInline package struct CaseTrial: Sendable, Equatable {
    /// With `variant` only.
    package var experiment: String?
    package var variant: String?
    /// Which skill it is a test of.
    package var skill: String?
    /// What tells one version of the skill from another: a hash. With `skill` only.
    package var edition: String?
    /// In USD; not negative, as the next.
    package var cost: Double?
    package var tokens: Double?
    /// In seconds.
    package var latency: Double?

    package init(
        experiment: String? = nil, variant: String? = nil, skill: String? = nil, edition: String? = nil,
        cost: Double? = nil, tokens: Double? = nil, latency: Double? = nil
    ) {
        self.experiment = experiment
        self.variant = variant
        self.skill = skill
        self.edition = edition
        self.cost = cost
        self.tokens = tokens
        self.latency = latency
    }
}

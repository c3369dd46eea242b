/// A skill that was changed, as a repository tells or cases do.
package struct SkillChange: Sendable, Equatable {
    package var service: String
    package var environment: String
    package var skill: String
    /// When it was committed, else when the first case ended that ran with it; in milliseconds since 1970.
    package var end: Int64

    package init(service: String, environment: String, skill: String, end: Int64) {
        self.service = service
        self.environment = environment
        self.skill = skill
        self.end = end
    }
}

/// What the connections of the scrape endpoint work with.
struct ScrapeService: Sendable {
    /// The bounds.
    let limits: ServiceLimits
    /// Told of connections that are ended.
    let metrics: RequestMetrics
    /// What `/-/ready` says.
    let readiness: Readiness
    /// Renders `/metrics`.
    let source: any ScrapeSource
    /// Told of every scrape.
    let scrapers: Scrapers
    /// Looks into the repository of skills; nil where there is none.
    var skills: SkillDoor?
}

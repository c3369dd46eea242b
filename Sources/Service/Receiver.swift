/// What both receivers work with.
struct Receiver: Sendable {
    /// The bounds.
    let limits: ServiceLimits
    /// Charged for every body.
    let admission: Admission
    /// Told of every answer.
    let metrics: RequestMetrics
    /// Takes the bodies.
    let sink: any TraceSink
}

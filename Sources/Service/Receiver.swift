/// What both receivers work with.
struct Receiver: Sendable {
    let limits: ServiceLimits
    let admission: Admission
    let metrics: RequestMetrics
    let sink: any TraceSink
}

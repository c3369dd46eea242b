/// In which windows a run is at the moment: what the figures of each of its results begin with.
struct RunWindows: BitwiseCopyable, Sendable {
    /// 1 for a day, a week and a month it is in.
    let windows: SIMD4<Int32>
    let end: Int64
    let revision: Int32
    let day: Int32
    let isInUse: Bool
    /// Its results count for states.
    let isCounted: Bool
    let isEvidence: Bool
    let isScored: Bool

    init(_ facts: RunFacts, _ begins: [Int64], _ service: ServiceTable.Service) {
        windows = SIMD4(
            facts.end > begins[0] ? 1 : 0, facts.end > begins[1] ? 1 : 0, facts.end > begins[2] ? 1 : 0, 0)
        end = facts.end
        revision = facts.revision
        day = facts.day
        isInUse = facts.isInUse
        isCounted = facts.isTracked && !facts.isInfrastructureFailure
        isEvidence = facts.end > service.evidenceBegin
        isScored = facts.end > service.scoredBegin
    }
}

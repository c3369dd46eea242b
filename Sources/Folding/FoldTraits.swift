import MetricModel
import Packs

/// What follows from a fold's description and is asked of every case: worked out once.
struct FoldTraits: BitwiseCopyable, Sendable {
    /// Whether executions of a test may be attempts of one result.
    let joinsCases: Bool
    let isDecidedAtOnce: Bool
    /// Whether a case waits for no more than its own span.
    let isFinalByCase: Bool
    /// Whether spans above cases name workers.
    let namesWorkers: Bool
    /// Whether a case without phases and failures has one attempt that its own span says all of.
    let isPlain: Bool

    init(_ description: FoldDescription) {
        joinsCases = !description.again.isEmpty
        isDecidedAtOnce = description.isDecidedAtOnce
        isFinalByCase = description.final == .test
        namesWorkers = description.says(.worker, .container)
        isPlain =
            description.again.isEmpty && description.outcome == nil && description.path == nil
            && description.qualifier == nil
    }
}

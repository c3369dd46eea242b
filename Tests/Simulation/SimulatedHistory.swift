package import SeededRandom
package import Statistics

/// The results of a test whose truth is known.
///
/// Half of the tests are flaky: each execution fails with the same probability, whatever the revision. Of the others
/// half always pass; the rest are broken by revisions and repaired by later ones, and fail as long as they are. In
/// half of the histories each revision runs once, in the others one to three times.
package struct SimulatedHistory: Sendable {
    package let executions: [Execution]
    package let isFlaky: Bool

    // A break is found and repaired after three revisions on average; there are up to three in a history.
    private static let repairProbability = 1.0 / 3
    private static let breakCountMax = 3
    private static let runsOfRevision = [1...1, 1...3]

    /// - Parameters:
    ///   - failureRate: of the flaky half, from 0 to 1.
    ///   - runCount: how many results it has.
    ///   - hasRetry: whether a failure is tried once more.
    package init(
        failureRate: Double, runCount: Int, hasRetry: Bool = false, using generator: inout SeededRandom
    ) {
        let isFlaky = Bool.random(using: &generator)
        let breaks =
            isFlaky || Bool.random(using: &generator)
            ? []
            : (0..<Int.random(in: 1...Self.breakCountMax, using: &generator)).map { _ in
                Int.random(in: 0..<runCount, using: &generator)
            }
        let runsOfRevision = Self.runsOfRevision[Int.random(in: 0...1, using: &generator)]
        var executions: [Execution] = []
        var revision: Int32 = 0
        var isBroken = false
        while executions.count < runCount {
            let end = executions.count + Int.random(in: runsOfRevision, using: &generator)
            if isBroken, Double.random(in: 0..<1, using: &generator) < Self.repairProbability {
                isBroken = false
            }
            if breaks.contains(where: { (executions.count..<end).contains($0) }) { isBroken = true }
            while executions.count < min(end, runCount) {
                let fails = { (generator: inout SeededRandom) in
                    isFlaky ? Double.random(in: 0..<1, using: &generator) < failureRate : isBroken
                }
                let isFirstBad = fails(&generator)
                let isBad = isFirstBad && (!hasRetry || fails(&generator))
                executions.append(
                    Execution(
                        isBad: isBad, isFlaky: isFirstBad && !isBad, revision: revision,
                        day: Int32(executions.count / 20)))
            }
            revision += 1
        }
        self.executions = executions
        self.isFlaky = isFlaky
    }
}

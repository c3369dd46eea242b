import MetricModel
import Packs

/// Splits a case span with its phases and failures into attempts.
///
/// A phase that begins an attempt ends the one before. A failure belongs to the phase that ended last before
/// it. Some runners tell of all failures only behind the last attempt: where earlier attempts have no failure,
/// as many of the last attempt's failures, from its end, are theirs.
struct AttemptSplit {
    /// One attempt inside the case span.
    struct Part {
        /// Nanoseconds since 1970.
        var start: UInt64
        var end: UInt64
        var phases: [FoldCase.Phase] = []
        var failures: [(phase: Int?, pattern: String)] = []

        /// The numbers of phases with evidence of a failure.
        var evidence: [Int] {
            failures.compactMap(\.phase) + phases.filter { $0.status == 2 }.map { Int($0.number) }
        }
        var hasEvidence: Bool { !failures.isEmpty || phases.contains { $0.status == 2 } }
    }

    private(set) var parts: [Part]

    /// - Parameter begin: the number of the phase that begins an attempt; nil for a case of one attempt.
    init(_ item: FoldCase, begin: Int?) {
        let phases = item.phases.sorted { ($0.start, $0.end, $0.number) < ($1.start, $1.end, $1.number) }
        let begins = phases.filter { Int($0.number) == begin }
        parts = [Part(start: item.start, end: item.end)]
        for (number, phase) in begins.enumerated() where number > 0 {
            parts[number - 1].end = phase.start
            parts.append(Part(start: phase.start, end: item.end))
        }
        for phase in phases {
            let number = max(0, begins.lastIndex { $0.start <= phase.start } ?? 0)
            parts[number].phases.append(phase)
        }
        assign(item.failures)
        if parts.count > 1 { moveFailures() }
    }

    private mutating func assign(_ failures: [FoldSpan.Failure]) {
        for failure in failures.sorted(by: { $0.time < $1.time }) {
            var place: (part: Int, phase: Int?, end: UInt64) = (0, nil, 0)
            for (number, part) in parts.enumerated() {
                for phase in part.phases where phase.end <= failure.time && phase.end >= place.end {
                    place = (number, Int(phase.number), phase.end)
                }
            }
            parts[place.part].failures.append((place.phase, failure.pattern))
        }
    }

    private mutating func moveFailures() {
        let last = parts.count - 1
        let empty = (0..<last).filter { !parts[$0].hasEvidence }
        let moved = parts[last].failures.suffix(empty.count)
        parts[last].failures.removeLast(moved.count)
        for (number, failure) in zip(empty, moved) { parts[number].failures.append(failure) }
    }
}

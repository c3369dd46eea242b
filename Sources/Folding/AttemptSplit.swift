import MetricModel
import Packs

/// Splits a case span with its phases and failures into attempts.
///
/// A phase that begins an attempt ends the one before. A failure belongs to the phase that ended last before
/// it. Some runners tell of a failure only in or behind a later attempt: an attempt behind which there is another
/// one has failed, so where it has no failure, the first of the next attempt that has one is its own.
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
        /// The numbers of phases whose own events say that they failed.
        var events: [Int] { phases.filter { $0.failure != nil }.map { Int($0.number) } }
        var hasEvidence: Bool {
            // Where nobody judged a phase, its events may be of what the test's code handled.
            !failures.isEmpty || phases.contains { $0.status == 2 || $0.status == 1 && $0.failure != nil }
        }
        /// What it failed with, as far as it is known.
        var pattern: String? {
            (failures.map(\.pattern) + phases.compactMap(\.failure)).first { !$0.isEmpty }
        }
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
        moveFailures()
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
        for number in parts.indices.dropLast() where !parts[number].hasEvidence {
            let later = parts[(number + 1)...].firstIndex { !$0.failures.isEmpty }
            if let later { parts[number].failures.append(parts[later].failures.removeFirst()) }
        }
    }
}

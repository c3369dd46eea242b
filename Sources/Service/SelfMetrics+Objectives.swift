import MetricModel
import Packs

extension SelfMetrics {
    /// The targets in force: boards and alerts compare with these, so that a changed target needs no new board.
    func objectiveFamilies() -> [PlainFamily] {
        let samples = objectives.flatMap { objective in
            objective.bounds.sorted { $0.key < $1.key }.map { bound, value in
                PlainFamily.Sample(
                    labels: [("name", objective.name), ("bound", bound.rawValue)], value: value)
            }
        }
        return [
            PlainFamily(.objective, samples)
        ]
    }
}

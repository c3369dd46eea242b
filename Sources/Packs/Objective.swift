/// A target with a number, which boards, alerts and the gate read.
package struct Objective: Sendable, Equatable {
    /// How a value is compared with the target.
    package enum Comparison: String, Sendable, CaseIterable {
        case atLeast = "at_least"
        case atMost = "at_most"
        case between
    }

    /// A number of an objective, as `spanmeter_objective{bound}` names it.
    package enum Bound: String, Sendable, CaseIterable, Comparable {
        case target
        /// Where green ends.
        case amber
        /// Where amber ends.
        case red
        case min
        case max
        case stretch

        package static func < (left: Bound, right: Bound) -> Bool { left.rawValue < right.rawValue }
    }

    /// Two expressions whose ratio is the share of bad events; `$window` stands for a time window.
    package struct Events: Sendable, Equatable {
        package enum Part: Sendable, Equatable {
            /// Counts what went wrong.
            case bad(String)
            /// Counts what went well.
            case good(String)
        }

        package let part: Part
        package let total: String
        /// Fewer events than this in a window say nothing.
        package let countMin: Int
    }

    package let name: String
    package let description: String
    package let comparison: Comparison
    /// As Grafana names units.
    package let unit: String?
    /// Complete: `target`, `amber` and `red`, or `min` and `max` for `between`; further ones as given.
    package internal(set) var bounds: [Bound: Double]
    /// The expression of its current value.
    package let value: String?
    package let events: Events?
    /// Whom the alerts about its error budget are for.
    package let audience: String
    /// The board that shows it.
    package let board: String?
    /// Checks that need not hold here, with the reasons.
    package let excuses: [String: String]
    package let place: PackPlace

    /// Changes a bound, and those that followed from it.
    mutating func set(_ bound: Bound, to value: Double) {
        if bound == .target {
            // Amber and red that were not apart from the target go along with it.
            for other in [Bound.amber, .red] where bounds[other] == bounds[.target] { bounds[other] = value }
        }
        bounds[bound] = value
    }

    /// Fills in what follows from other bounds: amber begins at the target, red where amber does.
    static func completed(_ bounds: [Bound: Double]) -> [Bound: Double] {
        var bounds = bounds
        guard let target = bounds[.target] else { return bounds }
        let amber = bounds[.amber] ?? target
        bounds[.amber] = amber
        bounds[.red] = bounds[.red] ?? amber
        return bounds
    }
}

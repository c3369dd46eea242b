import Packs
import PromQL

/// `promql/rate-interval`: a rate in a panel has the window `$__rate_interval`, or the panel says in `fixed_window`
/// why not.
///
/// A window that does not follow the zoom is empty where it is shorter than four scrapes, and skips what lies
/// between the points where it is shorter than their distance.
enum RateIntervalCheck: LintCheck {
    static let name = "promql/rate-interval"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.panels.filter { $0.description.fixedWindow == nil }.flatMap(\.queries).flatMap { query in
            (query.tree?.rangeFunctionUses ?? []).compactMap { use in
                guard ["rate", "irate"].contains(use.function),
                    case .range(_, let window) = use.argument.node,
                    window != .variable(.rateInterval, isNegative: false)
                else { return nil }
                return query.finding(
                    Self.self, at: use.place,
                    "has a \(use.function) over [\(window.text)]; "
                        + "wanted [$__rate_interval], or 'fixed_window', which says why not")
            }
        }
    }
}

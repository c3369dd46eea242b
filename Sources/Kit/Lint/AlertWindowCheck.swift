import Packs
import PromQL

/// `alerts/window`: the rates of an alert look back at least twice as long as it waits.
///
/// A test run of 20 seconds is over long before `for`: its rate has to last.
enum AlertWindowCheck: LintCheck {
    static let name = "alerts/window"

    static func findings(in kit: LintedKit) -> [LintFinding] {
        kit.alerts.flatMap { alert -> [LintFinding] in
            let pending = alert.description.pendingSeconds
            return (alert.expression.tree?.rangeFunctionUses ?? []).compactMap { use in
                guard use.isRate, case .range(let selector, let window) = use.argument.node,
                    kit.known.series(of: selector)?.isDerived == true, let seconds = window.seconds,
                    seconds < 2 * pending
                else { return nil }
                return alert.expression.finding(
                    Self.self, .warning, at: use.place,
                    "has \(use.function) over [\(window.text)] and 'for: \(alert.description.pending)'; "
                        + "wanted a window of twice the 'for', so that a short run lasts")
            }
        }
    }
}

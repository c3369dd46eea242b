package import Packs

/// What a check found.
package struct LintFinding: Sendable, Equatable, Comparable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        case error
        /// Worth a look; fails only where somebody asks for it.
        case warning
    }

    /// The check's name: `promql/unknown-metric`.
    package let check: String
    package let severity: Severity
    /// What, where, which value, what was wanted.
    package let message: String
    let subject: LintSubject

    /// Where the part of the kit stands that it is about.
    package var place: PackPlace { subject.place }

    /// `file:line: message (check)`.
    package var description: String {
        "\(place): \(severity == .warning ? "warning: " : "")\(message) (\(check))"
    }

    package static func < (left: LintFinding, right: LintFinding) -> Bool {
        (left.place.file, left.place.line, left.message, left.check)
            < (right.place.file, right.place.line, right.message, right.check)
    }
}

/// A part of the kit that findings are about, and that can excuse itself.
struct LintSubject: Sendable, Equatable {
    /// How messages call it: `alert 'RunsFailing'`.
    let name: String
    let place: PackPlace
    /// Checks that need not hold here, with the reasons.
    var excuses: [String: String] = [:]

    /// Something that `check` finds wrong with it; `message` follows its name.
    func finding(
        _ check: any LintCheck.Type, _ severity: LintFinding.Severity, _ message: String
    ) -> LintFinding {
        LintFinding(
            check: check.name, severity: severity, message: "\(name) \(message)", subject: self)
    }

    /// As above, an error.
    func finding(_ check: any LintCheck.Type, _ message: String) -> LintFinding {
        finding(check, .error, message)
    }
}

import Packs

/// `lint/excuse`: an excuse names a check that exists, and one that would find something.
///
/// An excuse that is no longer needed hides the next mistake of its kind.
enum ExcuseCheck: LintCheck {
    static let name = "lint/excuse"

    static func findings(in kit: LintedKit) -> [LintFinding] { findings(in: kit, found: []) }

    /// - Parameter found: what the other checks found, excused or not.
    static func findings(in kit: LintedKit, found: [LintFinding]) -> [LintFinding] {
        let checks = LintChecks.all.map { $0.name }
        return kit.subjects.flatMap { subject in
            subject.excuses.keys.sorted().compactMap { check in
                guard checks.contains(check) else {
                    let hint = Nearest.hint(for: check, among: checks)
                    return subject.finding(Self.self, "excuses '\(check)', which is no check\(hint)")
                }
                guard !found.contains(where: { $0.check == check && $0.subject == subject }) else {
                    return nil
                }
                return subject.finding(Self.self, .warning, "excuses '\(check)', which finds nothing here")
            }
        }
    }
}

extension Nearest {
    /// `; did you mean 'name'`, or nothing.
    static func hint(for wanted: String, among names: some Sequence<String>) -> String {
        name(to: wanted, among: names.sorted()).map { "; did you mean '\($0)'" } ?? ""
    }
}

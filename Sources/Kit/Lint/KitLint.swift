package import Configuration
package import Packs

/// Holds everything that packs declare for people against what there is: series, labels, units, names.
package enum KitLint {
    /// What is wrong, sorted by place; what is excused is left out.
    package static func findings(packs: PackSet, settings: Settings.Kit) -> [LintFinding] {
        let kit = LintedKit(packs, settings)
        let found = LintChecks.all.flatMap { $0.findings(in: kit) }
        let kept = found.filter { $0.subject.excuses[$0.check] == nil }
        return (kept + ExcuseCheck.findings(in: kit, found: found)).sorted()
    }

    /// The names of all checks.
    package static var checks: [String] { LintChecks.all.map { $0.name } + [ExcuseCheck.name] }
}

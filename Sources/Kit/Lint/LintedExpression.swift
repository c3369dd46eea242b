import Packs
import PromQL

/// An expression of the kit with everything filled in, and its tree.
struct LintedExpression: Sendable {
    /// Who asks.
    enum Use: Sendable {
        case panel, annotation, variable, rule, alert, objective

        /// Whether a dashboard evaluates it.
        var isOfBoard: Bool { self == .panel || self == .annotation || self == .variable }
    }

    let subject: LintSubject
    /// Which of the subject's expressions: `, query 2`.
    let part: String
    let use: Use
    let expanded: ExpandedText
    /// nil where it does not parse.
    let tree: PromQLExpression?
    /// Why not, by dialect.
    let errors: [(dialect: PromQLDialect, error: PromQLError)]

    init(_ subject: LintSubject, part: String = "", _ use: Use, _ expanded: ExpandedText) {
        self.subject = subject
        self.part = part
        self.use = use
        self.expanded = expanded
        var errors: [(dialect: PromQLDialect, error: PromQLError)] = []
        var tree: PromQLExpression?
        for dialect in PromQLDialect.allCases {
            do throws(PromQLError) {
                tree = try PromQLParser.parse(
                    expanded.text, as: dialect, variables: use.isOfBoard ? .durations : .none)
            } catch {
                errors.append((dialect, error))
            }
        }
        self.tree = errors.isEmpty ? tree : nil
        self.errors = errors
    }

    /// Something that `check` finds wrong at these bytes of the text.
    func finding(
        _ check: any LintCheck.Type, _ severity: LintFinding.Severity = .error, at place: Range<Int>,
        _ message: String
    ) -> LintFinding {
        LintFinding(
            check: check.name, severity: severity,
            message: "\(subject.name)\(part) at \(expanded.place(of: place.lowerBound)) \(message)",
            subject: subject)
    }

    /// What stands there, in quotes.
    func quoted(_ place: Range<Int>) -> String { "'\(expanded.excerpt(place))'" }
}

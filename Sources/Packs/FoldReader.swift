import MetricModel
import Yams

/// Reads one element of a pack's `folds`.
struct FoldReader {
    let pack: String
    let expressions: ExpressionReader
    let fields: [Field]
    let options: [String: OptionValue]

    /// More phases than this are refused: the states of all are kept with an open case.
    private static let phaseCountMax = 8
    /// Fields are put in where they are used; a larger expression is refused.
    private static let nodeCountMax = 2_000
    private static let defaultIdle: Int64 = 600_000

    /// The fields of a case's span; those of a phase and a container are among them.
    private static let caseFields: [FoldField] = [
        .test, .suite, .file, .worker, .outcome, .retry, .last, .duration, .history, .message, .counted,
        .experiment, .variant, .skill, .edition, .cost, .tokens, .latency, .input,
    ]
    private static let sharedFields: [FoldField] = [.revision, .branch, .sequence, .token]

    /// The fold of `node`; nil where it is broken or its `option` is not the one in force.
    func fold(_ node: Node, _ document: inout YAMLDocument) -> FoldDescription? {
        let keys = [
            "fold", "option", "case", "phases", "failures", "attempts", "duration", "run", "outcome", "final",
            "revision", "branch", "sequence", "token",
        ]
        let parts = mapping(node, "a fold", keys, &document)
        guard let name = parts["fold"].flatMap({ document.text($0, "'fold'") }) else {
            document.report(node, "a fold has no name ('fold')")
            return nil
        }
        let what = "fold '\(name)'"
        guard let caseNode = parts["case"] else {
            document.report(node, "\(what) has no 'case': which span is one execution of a test")
            return nil
        }
        let common = commonReadings(parts, what, &document)
        let run = self.run(parts["run"], what, &document)
        let keyed = common + run.key
        guard
            let test = self.test(caseNode, parts["failures"], keyed, what, &document)
        else { return nil }
        let phases = self.phases(parts["phases"], test, keyed, what, &document)
        let attempts = self.attempts(parts["attempts"], phases.names, what, &document)
        let durationPhase = parts["duration"].flatMap {
            phase($0, phases.names, "'duration' of \(what)", &document)
        }
        let final = choice(parts["final"], "'final' of \(what)", &document) as FoldDescription.Finality?
        guard MeterReader.isInForce(parts["option"], what, options, &document) else { return nil }
        var roles = [test.role]
        roles += phases.roles
        if let selector = run.selector {
            roles.append(
                FoldRoleDescription(
                    role: .container, phase: 0, selector: selector, fields: keyed + run.readings,
                    failures: nil))
        }
        return FoldDescription(
            name: name, phases: phases.names, begin: attempts.begin, durationPhase: durationPhase,
            again: attempts.again, isNext: attempts.isNext,
            outcome: parts["outcome"].flatMap { value($0, "'outcome' of \(what)", &document) },
            qualifier: test.qualifier, path: run.path, runBy: run.by, takesContained: run.takesContained,
            idle: run.idle,
            final: final ?? (attempts.again.isEmpty && run.path == nil ? .test : .run), roles: roles
        )
    }

    // MARK: The case and its phases

    private struct Test {
        let role: FoldRoleDescription
        let qualifier: String?
    }

    private func test(
        _ node: Node, _ failures: Node?, _ keyed: [FoldRoleDescription.Reading], _ what: String,
        _ document: inout YAMLDocument
    ) -> Test? {
        let names = Self.caseFields.map { "\($0)" }
        let parts = mapping(node, "'case' of \(what)", ["on", "qualified_by"] + names, &document)
        guard let on = parts["on"], let selector = self.selector(on, "'on' of \(what)", &document) else {
            document.report(node, "'case' of \(what) has no usable 'on'")
            return nil
        }
        var readings = keyed
        for field in Self.caseFields {
            guard let part = parts["\(field)"] else { continue }
            guard let value = value(part, "'\(field)' of \(what)", &document) else { return nil }
            readings.append(FoldRoleDescription.Reading(field: field, value: value))
        }
        if parts["test"] == nil { document.report(node, "'case' of \(what) has no 'test': what is its id") }
        let events = failures.flatMap { self.failures($0, what, &document) }
        return Test(
            role: FoldRoleDescription(
                role: .test, phase: 0, selector: selector, fields: readings, failures: events),
            qualifier: parts["qualified_by"].flatMap { document.text($0, "'qualified_by' of \(what)") }
        )
    }

    private func failures(_ node: Node, _ what: String, _ document: inout YAMLDocument) -> FailureEvents? {
        let parts = mapping(node, "'failures' of \(what)", ["event", "type", "message"], &document)
        guard let event = parts["event"].flatMap({ document.text($0, "'event' of \(what)") }) else {
            document.report(node, "'failures' of \(what) have no 'event': the events' name")
            return nil
        }
        func keys(_ name: String) -> [String] {
            parts[name].map { document.elements($0, "'\(name)' of \(what)").compactMap(\.scalar?.string) }
                ?? []
        }
        return FailureEvents(name: TextPattern(event), type: keys("type"), message: keys("message"))
    }

    /// A phase tells of its case what is needed where the case's own span never comes.
    private func phases(
        _ node: Node?, _ test: Test, _ keyed: [FoldRoleDescription.Reading], _ what: String,
        _ document: inout YAMLDocument
    ) -> (names: [String], roles: [FoldRoleDescription]) {
        guard let node else { return ([], []) }
        let pairs = document.pairs(node, "'phases' of \(what)")
        if pairs.count > Self.phaseCountMax {
            document.report(node, "\(what) has \(pairs.count) phases, \(Self.phaseCountMax) are the most")
        }
        let readings = test.role.fields.filter { [.test, .suite, .file].contains($0.field) } + keyed
        var names: [String] = []
        var roles: [FoldRoleDescription] = []
        for (_, name, value) in pairs.prefix(Self.phaseCountMax) {
            guard let selector = self.selector(value, "phase '\(name)' of \(what)", &document) else {
                continue
            }
            roles.append(
                FoldRoleDescription(
                    role: .phase, phase: names.count, selector: selector, fields: readings,
                    failures: test.role.failures))
            names.append(name)
        }
        return (names, roles)
    }

    private func attempts(
        _ node: Node?, _ phases: [String], _ what: String, _ document: inout YAMLDocument
    ) -> (begin: Int?, again: Set<Outcome>, isNext: Bool) {
        guard let node else { return (nil, [], false) }
        let parts = mapping(node, "'attempts' of \(what)", ["begin", "again", "next"], &document)
        var again: Set<Outcome> = []
        for element in parts["again"].map({ document.elements($0, "'again' of \(what)") }) ?? [] {
            if let outcome = element.scalar.flatMap({ Outcome($0.string) }) {
                again.insert(outcome)
            } else {
                document.report(
                    element, "'again' of \(what) has what is none of passed, failed, error, skipped")
            }
        }
        let begin = parts["begin"].flatMap { phase($0, phases, "'begin' of \(what)", &document) }
        if (begin != nil) == !again.isEmpty {
            document.report(node, "'attempts' of \(what) want either 'begin' or 'again'")
        }
        return (begin, again, parts["next"].map { truth($0, "'next' of \(what)", &document) } ?? false)
    }

    // MARK: The run

    private struct Run {
        var selector: Expression?
        var readings: [FoldRoleDescription.Reading] = []
        var key: [FoldRoleDescription.Reading] = []
        var path: String?
        var by = FoldDescription.RunBy.parent
        var takesContained = false
        var idle = FoldReader.defaultIdle
    }

    private func run(_ node: Node?, _ what: String, _ document: inout YAMLDocument) -> Run {
        var run = Run()
        guard let node else { return run }
        let keys = ["on", "part", "name", "worker", "outcome", "path", "key", "by", "takes", "idle"]
        let parts = mapping(node, "'run' of \(what)", keys, &document)
        run.selector = parts["on"].flatMap { selector($0, "'on' of the run of \(what)", &document) }
        for field in [FoldField.part, .name, .worker, .outcome] {
            guard let part = parts["\(field)"],
                let value = value(part, "'\(field)' of the run of \(what)", &document)
            else { continue }
            run.readings.append(FoldRoleDescription.Reading(field: field, value: value))
        }
        if let value = parts["key"].flatMap({ value($0, "'key' of \(what)", &document) }) {
            run.key = [FoldRoleDescription.Reading(field: .runKey, value: value)]
        }
        run.path = parts["path"].flatMap { document.text($0, "'path' of \(what)") }
        run.by = choice(parts["by"], "'by' of \(what)", &document) ?? .parent
        if let takes = parts["takes"] {
            run.takesContained = takes.scalar?.string == "contained"
            if !run.takesContained { document.report(takes, "'takes' of \(what) wants 'contained'") }
        }
        if let idle = parts["idle"] { run.idle = duration(idle, "'idle' of \(what)", &document) }
        return run
    }

    /// What every span of a fold tells: the labels, and of which revision and run it is.
    private func commonReadings(
        _ parts: [String: Node], _ what: String, _ document: inout YAMLDocument
    ) -> [FoldRoleDescription.Reading] {
        var readings: [FoldRoleDescription.Reading] = []
        for field in [FoldField.service, .environment] + Self.sharedFields {
            if let node = parts["\(field)"] {
                guard let value = value(node, "'\(field)' of \(what)", &document) else { continue }
                readings.append(FoldRoleDescription.Reading(field: field, value: value))
            } else if let number = expressions.names.fields["\(field)"] {
                readings.append(FoldRoleDescription.Reading(field: field, value: inlined(.field(number))))
            }
        }
        return readings
    }

    // MARK: Values

    private func mapping(
        _ node: Node, _ what: String, _ keys: [String], _ document: inout YAMLDocument
    ) -> [String: Node] {
        let pairs = document.pairs(node, what, allowed: keys).map { ($0.name, $0.value) }
        return Dictionary(pairs) { first, _ in first }
    }

    private func value(_ node: Node, _ what: String, _ document: inout YAMLDocument) -> Expression? {
        expressions.expression(node, what, &document).flatMap { checked($0, node, what, &document) }
    }

    private func selector(_ node: Node, _ what: String, _ document: inout YAMLDocument) -> Expression? {
        expressions.selector(node, what, &document).flatMap { checked($0, node, what, &document) }
    }

    private func checked(
        _ expression: Expression, _ node: Node, _ what: String, _ document: inout YAMLDocument
    ) -> Expression? {
        var left = Self.nodeCountMax
        countNodes(expression, &left)
        guard left > 0 else {
            document.report(node, "\(what) has more than \(Self.nodeCountMax) parts, its fields' included")
            return nil
        }
        return inlined(expression)
    }

    private func inlined(_ expression: Expression) -> Expression {
        expression.mappingFields { number in
            number < fields.count ? inlined(fields[number].expression) : .field(number)
        }
    }

    /// Counts down by the parts of an expression, its fields' included, and no further than to 0.
    private func countNodes(_ expression: Expression, _ left: inout Int) {
        guard left > 0 else { return }
        left -= 1
        var inner: [Int] = []
        _ = expression.mappingFields { number in
            inner.append(number)
            return .field(number)
        }
        for number in inner where number < fields.count { countNodes(fields[number].expression, &left) }
    }

    private func phase(
        _ node: Node, _ phases: [String], _ what: String, _ document: inout YAMLDocument
    ) -> Int? {
        guard let name = document.text(node, what) else { return nil }
        if let number = phases.firstIndex(of: name) { return number }
        let hint = Nearest.name(to: name, among: phases).map { "; did you mean '\($0)'" } ?? ""
        document.report(node, "\(what) is '\(name)', which is no phase\(hint)")
        return nil
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: Node?, _ what: String, _ document: inout YAMLDocument
    ) -> Choice? where Choice.RawValue == String {
        guard let node, let text = document.text(node, what) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        document.report(node, "\(what) is '\(text)', wanted one of \(known)")
        return nil
    }

    private func truth(_ node: Node, _ what: String, _ document: inout YAMLDocument) -> Bool {
        let text = node.scalar?.string
        if text != "true", text != "false" { document.report(node, "\(what) wants true or false") }
        return text == "true"
    }

    /// Milliseconds.
    private func duration(_ node: Node, _ what: String, _ document: inout YAMLDocument) -> Int64 {
        let text = node.scalar?.string ?? ""
        let units: [(suffix: String, milliseconds: Int64)] = [
            ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000),
        ]
        for unit in units where text.hasSuffix(unit.suffix) {
            if let number = Int64(text.dropLast(unit.suffix.count)), (1...1_000_000).contains(number) {
                return number * unit.milliseconds
            }
        }
        document.report(node, "\(what) is '\(text)', wanted a duration such as 30s or 10m")
        return Self.defaultIdle
    }
}

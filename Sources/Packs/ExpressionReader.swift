import Yams

/// Reads the YAML form of expressions: a one-line text, or a mapping where a line would not do.
struct ExpressionReader {
    let names: NameResolver
    let options: [String: OptionValue]

    /// The keys that make a mapping an expression of its own.
    private static let forms: Set<String> = ["if", "cases", "map", "of", "all", "any", "not"]

    /// The expression of `node`; nil, with a problem, where it is none.
    func expression(_ node: Node, _ what: String, _ document: inout YAMLDocument) -> Expression? {
        if let text = node.scalar?.string { return parse(text, node, what, &document) }
        if let sequence = node.sequence {
            let names = sequence.compactMap(\.scalar?.string)
            guard names.count == sequence.count, !names.isEmpty else {
                document.report(node, "\(what) is a list, but not of attribute names")
                return nil
            }
            return .attributes(names)
        }
        let pairs = document.pairs(node, what)
        let keys = Set(pairs.map(\.name))
        let values = Dictionary(uniqueKeysWithValues: pairs.map { ($0.name, $0.value) })
        if keys.contains("if") { return conditional(node, values, what, &document) }
        if keys.contains("cases") { return cases(node, values, what, &document) }
        if keys.contains("map") { return map(node, values, what, &document) }
        for key in ["all", "any"] {
            guard keys == [key], let list = values[key] else { continue }
            let parts = document.elements(list, "'\(key)' of \(what)")
                .compactMap { selector($0, what, &document) }
            return key == "all" ? .all(parts) : .any(parts)
        }
        if keys == ["not"], let inner = values["not"] {
            return selector(inner, what, &document).map { .not($0) }
        }
        document.report(node, "\(what) is a mapping without 'if', 'cases', 'map', 'all', 'any' or 'not'")
        return nil
    }

    /// A selector: an expression, a list of which one must hold, or `name: pattern` pairs that all must.
    func selector(_ node: Node, _ what: String, _ document: inout YAMLDocument) -> Expression? {
        if let sequence = node.sequence {
            return .any(sequence.compactMap { selector($0, what, &document) })
        }
        guard let mapping = node.mapping,
            !mapping.keys.contains(where: { Self.forms.contains($0.scalar?.string ?? "") })
        else { return expression(node, what, &document) }
        var parts: [Expression] = []
        for (key, name, value) in document.pairs(node, what) {
            guard let subject = parse(name, key, what, &document) else { continue }
            if let choices = value.sequence {
                parts.append(
                    .any(
                        choices.compactMap { text($0, what, &document) }.map {
                            .matches(subject, TextPattern($0))
                        }))
            } else if let text = document.text(value, "'\(name)' of \(what)") {
                parts.append(.matches(subject, TextPattern(text)))
            }
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private func text(_ node: Node, _ what: String, _ document: inout YAMLDocument) -> String? {
        document.text(node, "an element of \(what)")
    }

    private func parse(_ text: String, _ node: Node, _ what: String, _ document: inout YAMLDocument)
        -> Expression?
    {
        do {
            return try ExpressionParser.parse(text, names: names)
        } catch {
            // Enough to find it by; the line says where it is.
            let shown = text.count > 200 ? "\(text.prefix(200))…" : text
            document.report(node, "\(what): \(error.message) in \"\(shown)\"")
            return nil
        }
    }

    private func conditional(
        _ node: Node, _ values: [String: Node], _ what: String, _ document: inout YAMLDocument
    ) -> Expression? {
        _ = document.pairs(node, what, allowed: ["if", "then", "else"])
        guard let condition = values["if"], let then = values["then"] else {
            document.report(node, "\(what) has 'if' without 'then'")
            return nil
        }
        guard let when = selector(condition, what, &document), let value = expression(then, what, &document)
        else {
            return nil
        }
        let otherwise = values["else"].flatMap { expression($0, what, &document) }
        return .cases([Expression.Case(when: when, value: value)], otherwise: otherwise)
    }

    private func cases(
        _ node: Node, _ values: [String: Node], _ what: String, _ document: inout YAMLDocument
    ) -> Expression? {
        _ = document.pairs(node, what, allowed: ["cases", "else"])
        guard let list = values["cases"] else { return nil }
        var cases: [Expression.Case] = []
        for element in document.elements(list, "'cases' of \(what)") {
            let pairs = document.pairs(element, "a case of \(what)", allowed: ["when", "is", "value"])
            guard let when = pairs.first(where: { $0.name == "when" })?.value,
                let condition = selector(when, what, &document)
            else {
                document.report(element, "a case of \(what) has no usable 'when'")
                continue
            }
            if let literal = pairs.first(where: { $0.name == "is" })?.value {
                guard let value = constant(literal, what, &document) else { continue }
                cases.append(Expression.Case(when: condition, value: value))
            } else if let expression = pairs.first(where: { $0.name == "value" })?.value {
                guard let value = self.expression(expression, what, &document) else { continue }
                cases.append(Expression.Case(when: condition, value: value))
            } else {
                document.report(
                    element, "a case of \(what) has neither 'is' (a text) nor 'value' (an expression)")
            }
        }
        let otherwise = values["else"].flatMap { constant($0, what, &document) }
        return .cases(cases, otherwise: otherwise)
    }

    private func map(
        _ node: Node, _ values: [String: Node], _ what: String, _ document: inout YAMLDocument
    ) -> Expression? {
        _ = document.pairs(node, what, allowed: ["of", "map", "else"])
        guard let table = values["map"], let of = values["of"] else {
            document.report(node, "\(what) has 'map' without 'of'")
            return nil
        }
        guard let subject = expression(of, what, &document) else { return nil }
        var entries: [Expression.Entry] = []
        for (_, name, value) in document.pairs(table, "'map' of \(what)") {
            guard let result = constant(value, what, &document) else { continue }
            entries.append(Expression.Entry(pattern: TextPattern(name), value: result))
        }
        let otherwise = values["else"].flatMap { constant($0, what, &document) }
        return .map(subject, entries, otherwise: otherwise)
    }

    private func constant(_ node: Node, _ what: String, _ document: inout YAMLDocument) -> Expression? {
        document.text(node, "a value of \(what)").map { .text($0) }
    }
}

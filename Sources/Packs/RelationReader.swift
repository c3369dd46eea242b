import Yams

/// Reads a pack's `relations`.
struct RelationReader {
    let pack: String
    private var expressions: ExpressionReader

    init(pack: String, expressions: ExpressionReader) {
        self.pack = pack
        self.expressions = expressions
    }

    /// The relations of `node`, in the order they stand; each may use those before it. Broken ones are reported
    /// and left out.
    mutating func relations(_ node: Node, _ document: inout YAMLDocument) -> [RelationDescription] {
        var relations: [RelationDescription] = []
        for (key, name, value) in document.pairs(node, "'relations'") {
            if expressions.names.fields[name] != nil || name.contains(".") {
                let why =
                    name.contains(".") ? "has a dot, which only attributes have" : "is a field already"
                document.report(key, "relation '\(name)' \(why)")
            } else if let relation = relation(name, value, &document) {
                relations.append(relation)
                expressions = expressions.knowing([relation])
            }
        }
        return relations
    }

    private func relation(_ name: String, _ node: Node, _ document: inout YAMLDocument)
        -> RelationDescription?
    {
        let what = "relation '\(name)'"
        let verbs = RelationDescription.Verb.allCases
        let pairs = document.pairs(node, what, allowed: verbs.map(\.rawValue) + ["by", "says", "of"])
        let parts = Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
        let named = verbs.filter { parts[$0.rawValue] != nil }
        guard named.count == 1, let verb = named.first, let spans = parts[verb.rawValue] else {
            let known = verbs.map(\.rawValue).joined(separator: ", ")
            document.report(node, "\(what) has \(named.count) verbs, wanted one of \(known)")
            return nil
        }
        guard let selector = expressions.selector(spans, "'\(verb.rawValue)' of \(what)", &document) else {
            return nil
        }
        let isKeyed = verb == .previousSibling || verb == .sameCall || verb == .child
        if let by = parts["by"], !isKeyed {
            document.report(by, "\(what) has 'by', which '\(verb.rawValue)' has no use for")
        }
        let by = parts["by"].map { document.elements($0, "'by' of \(what)") } ?? []
        if verb == .sameCall, by.isEmpty {
            document.report(node, "\(what) has no 'by': which texts tell that two spans are of one call")
        }
        return RelationDescription(
            name: "\(pack)/\(name)", verb: verb, selector: selector,
            by: by.compactMap { expressions.expression($0, "'by' of \(what)", &document) },
            says: said(parts, verb, node, what, &document)
        )
    }

    /// What spans tell: the text in `says`, or the number in `of`; nil for verbs that ask only whether they are.
    private func said(
        _ parts: [String: Node], _ verb: RelationDescription.Verb, _ relation: Node, _ what: String,
        _ document: inout YAMLDocument
    ) -> Expression? {
        let tellers: [(key: String, verb: RelationDescription.Verb, question: String)] = [
            ("says", .previousSibling, "what does a span tell the next one"),
            ("of", .descendant, "which number of theirs is added up"),
        ]
        var said: Expression?
        for teller in tellers {
            switch (parts[teller.key], teller.verb == verb) {
            case (let node?, true):
                said = expressions.expression(node, "'\(teller.key)' of \(what)", &document)
            case (let node?, false):
                let owner = teller.verb.rawValue
                document.report(node, "\(what) has '\(teller.key)', which only '\(owner)' has")
            case (nil, true):
                document.report(relation, "\(what) has no '\(teller.key)': \(teller.question)")
            case (nil, false): break
            }
        }
        return said
    }
}

extension ExpressionReader {
    /// The same, with names for a pack's relations.
    func knowing(_ relations: [RelationDescription]) -> ExpressionReader {
        var names = names
        for relation in relations {
            let name = String(relation.name.drop { $0 != "/" }.dropFirst())
            names.relations[name] = .relation(relation.name)
        }
        return ExpressionReader(names: names, options: options)
    }
}

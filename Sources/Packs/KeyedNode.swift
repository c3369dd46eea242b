import Yams

/// A mapping of a pack whose keys are known, read key by key.
struct KeyedNode {
    let node: Node
    /// How messages call it: `alert 'RunsFailing'`.
    var what: String
    private let parts: [String: Node]

    /// Reports keys that are not in `keys`.
    init(_ node: Node, _ what: String, keys: [String], _ document: inout YAMLDocument) {
        self.node = node
        self.what = what
        parts = Dictionary(document.pairs(node, what, allowed: keys).map { ($0.name, $0.value) }) {
            first, _ in
            first
        }
    }

    subscript(key: String) -> Node? { parts[key] }

    /// The text below `key`, without blanks around it; nil where it is absent or, with a problem, no text.
    func text(_ key: String, _ document: inout YAMLDocument) -> String? {
        guard let part = parts[key], let text = document.text(part, "'\(key)' of \(what)") else { return nil }
        let trimmed = text.trimmed
        if trimmed.isEmpty { document.report(part, "'\(key)' of \(what) is empty") }
        return trimmed
    }

    /// The text below `key`; empty, with a problem that says what it is for, where it is absent.
    func text(_ key: String, for purpose: String, _ document: inout YAMLDocument) -> String {
        guard parts[key] != nil else {
            document.report(node, "\(what) has no '\(key)': \(purpose)")
            return ""
        }
        return text(key, &document) ?? ""
    }

    /// The finite number below `key`.
    func number(_ key: String, _ document: inout YAMLDocument) -> Double? {
        guard let part = parts[key] else { return nil }
        guard let number = part.number else {
            document.report(
                part, "'\(key)' of \(what) is \(YAMLDocument.shape(part)), a number was wanted")
            return nil
        }
        return number
    }

    /// The whole number below `key`, which is in `range`.
    func integer(_ key: String, in range: ClosedRange<Int>, _ document: inout YAMLDocument) -> Int? {
        guard let part = parts[key] else { return nil }
        guard let number = part.scalar.flatMap({ Int($0.string) }), range.contains(number) else {
            document.report(
                part,
                "'\(key)' of \(what) is \(YAMLDocument.shape(part)), "
                    + "a whole number from \(range.lowerBound) to \(range.upperBound) was wanted")
            return nil
        }
        return number
    }

    /// `true` or `false` below `key`; false where it is absent.
    func flag(_ key: String, _ document: inout YAMLDocument) -> Bool {
        guard let part = parts[key] else { return false }
        switch part.scalar?.string {
        case "true": return true
        case "false": return false
        default:
            document.report(
                part, "'\(key)' of \(what) is \(YAMLDocument.shape(part)), true or false was wanted")
            return false
        }
    }

    /// The texts of the list below `key`; none where it is absent.
    func texts(_ key: String, _ document: inout YAMLDocument) -> [String] {
        guard let part = parts[key] else { return [] }
        return document.elements(part, "'\(key)' of \(what)").compactMap { element in
            document.text(element, "an element of '\(key)' of \(what)")?.trimmed
        }
    }

    /// The one of a type's names that stands below `key`.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ key: String, _: Choice.Type, _ document: inout YAMLDocument
    ) -> Choice? {
        guard let part = parts[key], let text = document.text(part, "'\(key)' of \(what)") else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue)
        let hint = Nearest.name(to: text, among: known).map { "; did you mean '\($0)'" } ?? ""
        document.report(
            part, "'\(key)' of \(what) is '\(text)'\(hint) (known: \(known.joined(separator: ", ")))")
        return nil
    }

    /// The checks that are excused below `lint`, with the reasons; none where it is absent.
    func excuses(_ document: inout YAMLDocument) -> [String: String] {
        guard let part = parts["lint"] else { return [:] }
        let lint = KeyedNode(part, "'lint' of \(what)", keys: ["excuse"], &document)
        guard let list = lint["excuse"] else {
            document.report(part, "'lint' of \(what) has no 'excuse': a check's name and the reason")
            return [:]
        }
        var excuses: [String: String] = [:]
        for (_, name, value) in document.pairs(list, "'excuse' of \(what)") {
            let reason = document.text(value, "the reason for '\(name)' of \(what)")?.trimmed ?? ""
            if reason.isEmpty { document.report(value, "'excuse' of \(what) has no reason for '\(name)'") }
            excuses[name] = reason
        }
        return excuses
    }

    /// A duration as Prometheus writes it, `1h30m`, below `key`.
    func duration(_ key: String, _ document: inout YAMLDocument) -> String? {
        guard let part = parts[key], let text = document.text(part, "'\(key)' of \(what)") else { return nil }
        guard text.wholeMatch(of: /([0-9]+(ms|[smhdwy]))+/) != nil else {
            document.report(part, "'\(key)' of \(what) is '\(text)', a duration such as 5m was wanted")
            return nil
        }
        return text
    }
}

extension Node {
    /// The finite number that a scalar says.
    var number: Double? {
        guard let number = scalar.flatMap({ Double($0.string) }), number.isFinite else { return nil }
        return number
    }
}

extension String {
    /// Without blanks and line ends around it.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

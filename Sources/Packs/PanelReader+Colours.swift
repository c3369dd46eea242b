import Yams

/// How packs write what is shown in which colour.
extension PanelReader {
    /// `{ base: green, 0.8: amber }`, in the order of the numbers.
    static func thresholds(
        _ parts: KeyedNode, _ document: inout YAMLDocument
    ) -> [PanelDescription.Threshold] {
        guard let node = parts["thresholds"] else { return [] }
        var thresholds: [PanelDescription.Threshold] = []
        for (key, name, value) in document.pairs(node, "'thresholds' of \(parts.what)") {
            guard let colour = colour(value, "threshold '\(name)' of \(parts.what)", &document) else {
                continue
            }
            if name == "base" {
                thresholds.append(PanelDescription.Threshold(value: nil, colour: colour))
            } else if let number = key.number {
                thresholds.append(PanelDescription.Threshold(value: number, colour: colour))
            } else {
                document.report(
                    key, "threshold '\(name)' of \(parts.what) is no number and not 'base', its lowest colour"
                )
            }
        }
        if !thresholds.contains(where: { $0.value == nil }) {
            document.report(node, "'thresholds' of \(parts.what) have no 'base', the colour below all others")
        }
        return thresholds.sorted { ($0.value ?? -.infinity) < ($1.value ?? -.infinity) }
    }

    /// `{ 1: { text: GO, colour: green }, "0..0.5": { colour: red } }`, or only a text.
    static func mappings(
        _ parts: KeyedNode, _ document: inout YAMLDocument
    ) -> [PanelDescription.Mapping] {
        guard let node = parts["mappings"] else { return [] }
        return document.pairs(node, "'mappings' of \(parts.what)").map { _, name, value in
            let match = match(name)
            if let text = value.scalar?.string {
                return PanelDescription.Mapping(match: match, text: text, colour: nil)
            }
            let what = "mapping '\(name)' of \(parts.what)"
            let mapping = KeyedNode(value, what, keys: ["text", "colour"], &document)
            return PanelDescription.Mapping(
                match: match, text: mapping.text("text", &document),
                colour: mapping.choice("colour", Colour.self, &document)
            )
        }
    }

    private static func match(_ name: String) -> PanelDescription.Mapping.Match {
        if let range = name.firstRange(of: ".."), let from = Double(name[..<range.lowerBound]),
            let to = Double(name[range.upperBound...])
        {
            return .range(from, to)
        }
        return .value(name)
    }

    /// `{ passed: green, failed: red }`.
    static func colours(
        _ parts: KeyedNode, _ document: inout YAMLDocument
    ) -> [PanelDescription.NamedColour] {
        guard let node = parts["colours"] else { return [] }
        return document.pairs(node, "'colours' of \(parts.what)").compactMap { _, name, value in
            colour(value, "the colour of '\(name)' in \(parts.what)", &document).map {
                PanelDescription.NamedColour(name: name, colour: $0)
            }
        }
    }

    private static func colour(_ node: Node, _ what: String, _ document: inout YAMLDocument) -> Colour? {
        guard let text = document.text(node, what) else { return nil }
        if let colour = Colour(rawValue: text) { return colour }
        let known = Colour.allCases.map(\.rawValue)
        let hint = Nearest.name(to: text, among: known).map { "; did you mean '\($0)'" } ?? ""
        document.report(
            node, "\(what) is '\(text)'\(hint) (known: \(known.joined(separator: ", ")))")
        return nil
    }
}

import Yams

/// Reads a pack's `boards`.
struct BoardReader {
    /// The boards of `node`; those without a name that can be used are left out.
    static func boards(_ node: Node, _ document: inout YAMLDocument) -> [BoardDescription] {
        document.pairs(node, "'boards'").compactMap { key, name, value in
            // `spanmeter-` goes before it, and Grafana takes 40 characters.
            guard name.wholeMatch(of: /[a-z][a-z0-9-]{0,29}/) != nil else {
                document.report(
                    key, "board '\(name)' is no name of at most 30 small letters, digits and hyphens")
                return nil
            }
            return board(name, key, value, &document)
        }
    }

    private static func board(
        _ name: String, _ key: Node, _ node: Node, _ document: inout YAMLDocument
    ) -> BoardDescription {
        let keys = [
            "title", "folder", "range", "refresh", "text", "tags", "services", "variables", "annotations",
            "rows",
        ]
        let parts = KeyedNode(node, "board '\(name)'", keys: keys, &document)
        let variables = parts["variables"].map { document.elements($0, "'variables' of \(parts.what)") } ?? []
        let marks = parts["annotations"].map { document.elements($0, "'annotations' of \(parts.what)") } ?? []
        let rows = parts["rows"].map { document.elements($0, "'rows' of \(parts.what)") } ?? []
        return BoardDescription(
            name: name, head: head(parts, &document),
            variables: variables.map { variable($0, &document) },
            annotations: marks.map { annotation($0, &document) },
            rows: rows.map { row($0, &document) },
            place: document.place(key)
        )
    }

    private static func head(
        _ parts: KeyedNode, _ document: inout YAMLDocument
    ) -> BoardDescription.Head? {
        guard parts["title"] != nil else {
            for key in ["folder", "range", "refresh", "text", "tags", "services"] {
                guard let part = parts[key] else { continue }
                document.report(part, "\(parts.what) has a '\(key)' and no 'title': both belong to its head")
            }
            return nil
        }
        let folder = parts.text("folder", for: "whose it is", &document)
        if !folder.isEmpty, folder.wholeMatch(of: /[a-z][a-z0-9-]*/) == nil {
            document.report(
                parts["folder"], "\(parts.what) has the folder '\(folder)', which is no name of small letters"
            )
        }
        return BoardDescription.Head(
            title: parts.text("title", for: "its title", &document), folder: folder,
            range: parts.duration("range", &document) ?? "24h",
            refresh: parts.duration("refresh", &document) ?? "1m",
            text: parts.text("text", for: "what it answers", &document),
            tags: parts.texts("tags", &document),
            services: parts.text("services", for: "the metric whose services may be chosen", &document)
        )
    }

    private static func variable(
        _ node: Node, _ document: inout YAMLDocument
    ) -> BoardDescription.Variable {
        let keys = ["variable", "title", "of", "label", "values", "single"]
        var parts = KeyedNode(node, "a variable", keys: keys, &document)
        let name = parts.text("variable", for: "its name", &document)
        parts.what = "variable '\(name)'"
        if ["datasource", "environment", "service"].contains(name) {
            document.report(node, "\(parts.what) is on every board already")
        }
        var values = BoardDescription.Variable.Values.list(parts.texts("values", &document))
        switch (parts["of"] != nil, parts["values"] != nil) {
        case (true, false):
            values = .of(
                selector: parts.text("of", &document) ?? "", label: parts.text("label", &document) ?? name)
        case (false, true): break
        default: document.report(node, "\(parts.what) needs one of 'of' and 'values'")
        }
        return BoardDescription.Variable(
            name: name, title: parts.text("title", &document) ?? name, values: values,
            isSingle: parts.flag("single", &document)
        )
    }

    private static func annotation(
        _ node: Node, _ document: inout YAMLDocument
    ) -> BoardDescription.Annotation {
        let keys = ["annotation", "expr", "colour", "title", "text", "tags", "step"]
        var parts = KeyedNode(node, "an annotation", keys: keys, &document)
        let name = parts.text("annotation", for: "its name", &document)
        parts.what = "annotation '\(name)'"
        return BoardDescription.Annotation(
            name: name, expression: parts.text("expr", for: "when it marks", &document),
            colour: parts.choice("colour", Colour.self, &document) ?? .blue,
            title: parts.text("title", &document) ?? name, text: parts.text("text", &document) ?? "",
            tags: parts.texts("tags", &document), step: parts.duration("step", &document) ?? "60s"
        )
    }

    private static func row(_ node: Node, _ document: inout YAMLDocument) -> BoardDescription.Row {
        var parts = KeyedNode(node, "a row", keys: ["row", "order", "collapsed", "panels"], &document)
        let title = parts.text("row", &document)
        parts.what = title.map { "row '\($0)'" } ?? "a row without a title"
        var panels: [PanelDescription] = []
        if let list = parts["panels"] {
            for element in document.elements(list, "'panels' of \(parts.what)") {
                panels.append(PanelReader.panel(element, &document))
            }
        } else {
            document.report(node, "\(parts.what) has no 'panels'")
        }
        return BoardDescription.Row(
            title: title, order: parts.integer("order", in: 0...1000, &document) ?? 100,
            isCollapsed: parts.flag("collapsed", &document), panels: panels
        )
    }
}

/// Which module may import which: the table of the README's Architecture section.
enum ModuleTable {
    /// The C modules import none of ours.
    static let c: Set<String> = ["CProtobuf", "CCurl", "CZlib", "CSnappy", "CMalloc", "CExpat", "CXXHash"]

    /// The imports of ours that each Swift module may have; modules that do not exist yet included.
    static let imports: [String: Set<String>] = {
        var table: [String: Set<String>] = [
            "Bytes": [],
            "MetricModel": ["Bytes"],
            "Configuration": [],
            "Statistics": [],
            "PromQL": [],
            "OTLP": ["Bytes", "CProtobuf"],
            "Packs": ["MetricModel", "PromQL"],
            "Derivation": ["Bytes", "OTLP", "Packs", "MetricModel"],
            "Folding": ["Bytes", "Packs", "MetricModel"],
            "Reports": ["MetricModel", "CExpat"],
            "Registry": ["Bytes", "MetricModel"],
            "Dedupe": ["Bytes", "MetricModel", "CXXHash"],
            "Ledger": ["Bytes", "CXXHash", "MetricModel", "Statistics"],
            "Objectives": ["Configuration", "MetricModel", "Statistics", "Ledger"],
            "Exposition": ["Bytes", "MetricModel", "CProtobuf"],
            "Delivery": ["CCurl", "CSnappy", "MetricModel"],
            "Pollers": ["Delivery", "MetricModel"],
            "Kit": ["Configuration", "Packs", "PromQL", "MetricModel"],
            "Pages": ["MetricModel"],
        ]
        let lower = Set(table.keys).union(c)
        table["Service"] = lower.subtracting(["Kit"])
        table["spanmeter"] = lower.union(["Service"])
        return table
    }()

    /// Every module of ours.
    static let modules = Set(imports.keys).union(c)

    /// What is wrong with the imports of a Swift file of `module`, one line each.
    static func problems(in text: String, path: String, module: String) -> [String] {
        guard let allowed = imports[module] else { return ["\(path): module \(module) is not in the table"] }
        return importedModules(in: text).compactMap { imported, line in
            guard modules.contains(imported), imported != module, !allowed.contains(imported) else {
                return nil
            }
            return "\(path):\(line): \(module) imports \(imported); the table allows "
                + (allowed.isEmpty ? "none of ours" : allowed.sorted().joined(separator: ", "))
        }
    }

    /// The modules that a Swift text imports, with or without an access level, `@testable`, or a kind.
    static func importedModules(in text: String) -> [(module: String, line: Int)] {
        let tokens = SwiftLexer.tokens(of: text).filter { $0.kind == .word }
        let kinds: Set = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
        return tokens.indices.compactMap { index in
            guard tokens[index].text == "import" else { return nil }
            let line = tokens[index].line
            let module = tokens[(index + 1)...].first { !kinds.contains($0.text) }
            return module.flatMap { $0.line == line ? ($0.text, line) : nil }
        }
    }
}

private import Yams

/// The configuration file, taken apart: the raw value of each known key, and what is wrong with the rest.
struct ConfigurationFile {
    /// A known key's value and its line.
    struct Entry {
        /// The value, not yet checked.
        let raw: RawValue

        /// The value's line, from 1.
        let line: Int
    }

    /// The file's path, as it is named in messages.
    let path: String

    /// Values by key; absent keys and YAML nulls have none.
    private(set) var entries: [String: Entry] = [:]

    /// The entries below `packs.options`.
    private(set) var packOptions: [PackOption] = []

    /// The entries below `objectives`.
    private(set) var objectives: [ObjectiveSetting] = []

    /// What stands below `prices`.
    private(set) var prices = PriceSettings()

    /// The entries below `experiments`.
    private(set) var experiments: [ExperimentSetting] = []

    /// Unknown keys and wrong shapes; or that the file is no YAML at all.
    private(set) var problems: [ConfigurationProblem] = []

    private static let leaves = Set(Options.declarations.filter(\.isInFile).map(\.key))

    /// Every proper prefix of a key: `limits`, `packs`, `otlp` …
    private static let groups = Set(
        leaves.compactMap { key in key.lastIndex(of: ".").map { String(key[..<$0]) } })

    /// Takes the text of the file at `path` apart.
    init(text: String, path: String) {
        self.path = path
        do {
            // nil: nothing but blanks and comments.
            guard let root = try Yams.compose(yaml: text) else { return }
            collect(root, below: "", line: root.line)
        } catch {
            problems.append(Self.syntaxProblem(error, path: path))
        }
    }

    private mutating func report(_ line: Int?, _ message: String) {
        problems.append(ConfigurationProblem(origin: .file(path, line: line), message: message))
    }

    private mutating func collect(_ node: Node, below prefix: String, line: Int?) {
        guard let mapping = node.mapping else {
            if node.isNull { return }
            let name = prefix.isEmpty ? "the file" : prefix
            report(
                line,
                "\(name) is \(node.shape); wanted \(Self.names(below: prefix).joined(separator: ", ")) below it"
            )
            return
        }
        for (keyNode, value) in mapping {
            guard let name = keyNode.scalar?.string else {
                report(keyNode.line, "a key is \(keyNode.shape); wanted a name")
                continue
            }
            let key = prefix.isEmpty ? name : "\(prefix).\(name)"
            let line = keyNode.line ?? line
            if key == Options.packsOptions.key {
                collectPackOptions(value, line: line)
            } else if key == Options.objectives.key {
                collectObjectives(value, line: line)
            } else if key == Options.prices.key {
                let reader = PriceReader(value)
                prices = reader.settings
                for problem in reader.problems { report(problem.line ?? line, problem.message) }
            } else if key == Options.experiments.key {
                let reader = ExperimentReader(value)
                experiments = reader.settings
                for problem in reader.problems { report(problem.line ?? line, problem.message) }
            } else if prefix.isEmpty && name.contains(".") || !Self.isKnown(key) {
                reportUnknown(key, name: name, below: prefix, line: line)
            } else if Self.groups.contains(key) {
                collect(value, below: key, line: line)
            } else if !value.isNull {
                entries[key] = Entry(raw: value.raw, line: value.line ?? line ?? 1)
            }
        }
    }

    private static func isKnown(_ key: String) -> Bool { leaves.contains(key) || groups.contains(key) }

    /// The next levels of the keys below `prefix`, sorted.
    private static func names(below prefix: String) -> [String] {
        let start = prefix.isEmpty ? "" : prefix + "."
        let names = leaves.filter { $0.hasPrefix(start) }.map { key in
            String(key.dropFirst(start.count).prefix { $0 != "." })
        }
        return Set(names).sorted()
    }

    private mutating func reportUnknown(_ key: String, name: String, below prefix: String, line: Int?) {
        let siblings = Self.names(below: prefix)
        let start = prefix.isEmpty ? "" : prefix + "."
        if Self.isKnown(key) {
            report(line, "\(key) is written with dots; wanted one level per name, indented below each other")
        } else if let sibling = nearestName(to: name, in: siblings) {
            report(line, "\(key) is no option; did you mean \(start)\(sibling)")
        } else if let moved = Self.leaves.sorted().first(where: { $0.split(separator: ".").last == name[...] }
        ) {
            report(line, "\(key) is no option; did you mean \(moved)")
        } else if let near = nearestName(to: key, in: Self.leaves.sorted()) {
            report(line, "\(key) is no option; did you mean \(near)")
        } else {
            let place = prefix.isEmpty ? "at the top level" : "below \(prefix)"
            report(line, "\(key) is no option; wanted one of \(siblings.joined(separator: ", ")) \(place)")
        }
    }

    private mutating func collectPackOptions(_ node: Node, line: Int?) {
        let key = Options.packsOptions.key
        guard !node.isNull else { return }
        guard let packs = node.mapping else {
            report(line, "\(key) is \(node.shape); wanted packs by name, and below each its options")
            return
        }
        for (packNode, options) in packs where !options.isNull {
            guard let pack = packNode.scalar?.string, let options = options.mapping else {
                let name = packNode.scalar?.string ?? packNode.shape
                report(packNode.line, "\(key).\(name) is \(options.shape); wanted options by name")
                continue
            }
            for (nameNode, value) in options where !value.isNull {
                guard let name = nameNode.scalar?.string, let optionValue = value.packOptionValue else {
                    let name = nameNode.scalar?.string ?? nameNode.shape
                    report(
                        nameNode.line,
                        "\(key).\(pack).\(name) is \(value.shape); "
                            + "wanted text, a number, true or false, or a list of texts"
                    )
                    continue
                }
                let origin = ValueOrigin.file(path, line: value.line ?? nameNode.line)
                packOptions.append(PackOption(pack: pack, name: name, value: optionValue, origin: origin))
            }
        }
    }

    private mutating func collectObjectives(_ node: Node, line: Int?) {
        let key = Options.objectives.key
        guard !node.isNull else { return }
        guard let objectives = node.mapping else {
            report(line, "\(key) is \(node.shape); wanted objectives by name, and below each its numbers")
            return
        }
        for (nameNode, bounds) in objectives where !bounds.isNull {
            let name = nameNode.scalar?.string ?? nameNode.shape
            guard let bounds = bounds.mapping else {
                report(
                    nameNode.line, "\(key).\(name) is \(bounds.shape); wanted its numbers, as { target: 0.9 }"
                )
                continue
            }
            for (boundNode, value) in bounds where !value.isNull {
                let bound = boundNode.scalar?.string ?? boundNode.shape
                let line = value.line ?? boundNode.line
                guard let number = value.scalar.flatMap({ Double($0.string) }), number.isFinite else {
                    report(line, "\(key).\(name).\(bound) is \(value.shape); wanted a number")
                    continue
                }
                self.objectives.append(
                    ObjectiveSetting(
                        objective: name, bound: bound, value: number, origin: .file(path, line: line)))
            }
        }
    }

    private static func syntaxProblem(_ error: any Error, path: String) -> ConfigurationProblem {
        var line: Int?
        var message = "the file is no YAML that can be read"
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            line = mark.line
            message = "the file is no YAML: \(problem)"
        case .reader(let problem, _, _, _):
            message = "the file is no YAML: \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            line = context.mark.line
            message = "\(duplicates.joined(separator: ", ")) stands twice in one mapping; wanted it once"
        default: break
        }
        return ConfigurationProblem(origin: .file(path, line: line), message: message)
    }
}

extension Node {
    var line: Int? { mark?.line }

    /// What a message calls it: `'64MX'`, `a list`, `a mapping`.
    var shape: String {
        switch self {
        case .scalar(let scalar): "'\(scalar.string)'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .alias: "an alias"
        }
    }

    var isNull: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    fileprivate var raw: RawValue {
        switch self {
        case .scalar(let scalar): .text(scalar.string)
        case .sequence: texts.map { .list($0) } ?? .shape("a list of lists or mappings")
        case .mapping, .alias: .shape(shape)
        }
    }

    /// The items of a sequence of scalars.
    private var texts: [String]? {
        guard case .sequence(let sequence) = self else { return nil }
        let items = sequence.compactMap { $0.isNull ? nil : $0.scalar?.string }
        return items.count == sequence.count ? items : nil
    }

    /// By the core schema of YAML 1.2: `yes` and `no` are text, quoted scalars are text.
    fileprivate var packOptionValue: PackOptionValue? {
        guard case .scalar(let scalar) = self else { return texts.map { .list($0) } }
        guard scalar.style == .plain else { return .text(scalar.string) }
        switch scalar.string {
        case "true", "True", "TRUE": return .flag(true)
        case "false", "False", "FALSE": return .flag(false)
        default: break
        }
        let isNumeric = scalar.string.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        if isNumeric, let number = Double(scalar.string), number.isFinite { return .number(number) }
        return .text(scalar.string)
    }
}

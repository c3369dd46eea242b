import Yams

/// Reads one YAML file and collects what is wrong with it, with lines.
struct YAMLDocument {
    let file: String
    private(set) var problems: [PackProblem] = []

    init(file: String) {
        self.file = file
    }

    /// The file's top mapping; nil, with a problem, where it is none.
    mutating func root(_ text: String) -> Node? {
        do {
            guard let node = try compose(yaml: text) else {
                report(nil, "is empty, a mapping was wanted")
                return nil
            }
            guard node.mapping != nil else {
                report(node, "begins with \(Self.shape(node)), a mapping was wanted")
                return nil
            }
            return node
        } catch let error as YamlError {
            report(error)
            return nil
        } catch {
            report(nil, "cannot be read: \(error)")
            return nil
        }
    }

    private mutating func report(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            problems.append(PackProblem(file: file, line: mark.line, message: "is no YAML: \(problem)"))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map(\.description).joined(separator: ", ")
            let line = context.mark.line
            problems.append(PackProblem(file: file, line: line, message: "has the key '\(names)' twice"))
        default: report(nil, "is no YAML: \(error)")
        }
    }

    mutating func report(_ node: Node?, _ message: String) {
        problems.append(PackProblem(file: file, line: node?.mark?.line ?? 0, message: message))
    }

    /// Where `node` stands.
    func place(_ node: Node) -> PackPlace { PackPlace(file: file, line: node.mark?.line ?? 0) }

    /// The pairs of a mapping whose keys are all text; reports keys that are not in `allowed`.
    mutating func pairs(_ node: Node, _ what: String, allowed: [String]? = nil) -> [(
        key: Node, name: String, value: Node
    )] {
        guard let mapping = node.mapping else {
            report(node, "\(what) is \(Self.shape(node)), a mapping was wanted")
            return []
        }
        var pairs: [(key: Node, name: String, value: Node)] = []
        var names: Set<String> = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                report(key, "\(what) has a key that is \(Self.shape(key)), a name was wanted")
                continue
            }
            // `1` and `"1"` are two keys to YAML and one name to us.
            guard names.insert(name).inserted else {
                report(key, "\(what) has the key '\(name)' twice")
                continue
            }
            if let allowed, !allowed.contains(name) {
                let hint = Nearest.name(to: name, among: allowed).map { "; did you mean '\($0)'" } ?? ""
                report(
                    key,
                    "\(what) has the unknown key '\(name)'\(hint) (known: \(allowed.joined(separator: ", ")))"
                )
                continue
            }
            pairs.append((key, name, value))
        }
        return pairs
    }

    /// The elements of a sequence; a problem and none for anything else.
    mutating func elements(_ node: Node, _ what: String) -> [Node] {
        guard let sequence = node.sequence else {
            report(node, "\(what) is \(Self.shape(node)), a list was wanted")
            return []
        }
        return Array(sequence)
    }

    /// A scalar's text; a problem and nil for anything else.
    mutating func text(_ node: Node, _ what: String) -> String? {
        guard let text = node.scalar?.string else {
            report(node, "\(what) is \(Self.shape(node)), a text was wanted")
            return nil
        }
        return text
    }

    static func shape(_ node: Node) -> String {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        default: "'\(node.scalar?.string ?? "")'"
        }
    }
}

import Yams

/// Names of attributes, tools and vendors, which belong into packs and not into Swift.
struct ForeignNames {
    /// Words that are looked for as parts of words and literals, whatever their case and underscores.
    static let tools = [
        "pytest", "robotframework", "junit", "datadog", "openai", "anthropic", "genai", "traceloop",
        "langfuse",
        "openinference", "pydantic", "logfire", "tunit", "xdist", "gherkin", "playwright",
    ]

    /// Attributes that are always looked for, also before a pack names them.
    static let attributes: Set = [
        "skill.name", "retry_count", "api_latency", "token_input", "token_output", "worker_id", "cost_usd",
        "experiment.id", "test.case.result.status", "http.route", "deployment.environment.name",
    ]

    /// Dotted words of the pack language and of our own options, which are ours to name.
    static let ownPrefixes = [
        "span.", "scope.", "resource.", "event.", "packs.", "limits.", "otlp.",
        "case.", "attempt.", "run.", "worker.", "change.", "spanmeter.",
    ]

    /// Modules whose subject is a tool's own format, and the flag that asks for files of it.
    static let exemptions: [String: Set<String>] = [
        "Reports": ["junit", "pytest", "worker_id"], "spanmeter": ["junit"],
        // The name of a built-in pack.
        "Packs": ["genai"],
        // Grafana's unit `percentunit`.
        "Kit": ["tunit"],
    ]

    let attributes: Set<String>

    /// The fixed names and those that the packs' YAML texts mention: every scalar, key or value, that is one dotted
    /// name of lower-case letters, digits and underscores. Prose and expressions are never such.
    init(packs: [String]) throws {
        var names = Self.attributes
        for pack in packs {
            for document in try Yams.compose_all(yaml: pack) { Self.collect(document, into: &names) }
        }
        attributes = names
    }

    private static func collect(_ node: Node, into names: inout Set<String>) {
        switch node {
        case .scalar(let scalar):
            if isDottedName(scalar.string), !ownPrefixes.contains(where: scalar.string.hasPrefix) {
                names.insert(scalar.string)
            }
        case .sequence(let items): for item in items { collect(item, into: &names) }
        case .mapping(let pairs):
            for (key, value) in pairs {
                collect(key, into: &names)
                collect(value, into: &names)
            }
        case .alias: break
        }
    }

    private static func isDottedName(_ text: String) -> Bool {
        text.wholeMatch(of: /[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)+/) != nil
    }

    /// What is foreign in a Swift text, one line per name and place.
    func problems(in text: String, path: String, module: String) -> [String] {
        let exempt = Self.exemptions[module] ?? []
        return SwiftLexer.tokens(of: text).flatMap { token in
            let plain = token.text.lowercased().filter { $0 != "_" && $0 != "-" && $0 != "." }
            let tools = Self.tools.filter { !exempt.contains($0) && plain.contains($0) }
            let names =
                token.kind == .string
                ? attributes.filter { Self.mentions(token.text, $0) }.sorted()
                : attributes.contains(token.text) ? [token.text] : []
            return (tools + names).filter { !exempt.contains($0) }.map {
                "\(path):\(token.line): '\($0)' belongs into a pack"
            }
        }
    }

    /// Whether `name` stands in `text` as a whole, not as a part of a longer name.
    private static func mentions(_ text: String, _ name: String) -> Bool {
        text.ranges(of: name).contains { range in
            let isPart = { (character: Character) in
                character.isLetter || character.isNumber || character == "_" || character == "."
            }
            let before = text[..<range.lowerBound].last
            // A full stop ends a sentence, unless a longer name goes on behind it.
            let after = text[range.upperBound...].drop { $0 == "." }.first
            return before.map(isPart) != true && after.map(isPart) != true
        }
    }
}

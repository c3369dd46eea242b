import Packs

/// Small packs made of the part that a test is about.
enum PackTexts {
    /// The expression of field `probe`, written on one line, among a few fields that it may use.
    static func parsed(_ source: String) throws -> Packs.Expression {
        try vocabulary("  probe: |-\n    \(source)").expression
    }

    /// The text form of `expression`, read in the vocabulary of `parsed`.
    static func text(_ expression: Packs.Expression) -> String {
        expression.text(fields: fieldNames)
    }

    private static let fieldNames: [String] = {
        let text = "pack: probe\nvocabulary:\n\(fields)\nmeters: []\n"
        let packs = try? PackSet(sources: [PackSource(file: "probe.yaml", text: text)])
        return packs?.packs.first?.fields.map(\.name) ?? []
    }()

    private static let fields = "  skill: [skill.name]\n  retries: [retry_count]\n  tokens: [a.in, a.out]"

    /// The last field of a vocabulary that ends with `lines`.
    static func vocabulary(_ lines: String) throws -> Field {
        let text =
            "pack: probe\nvocabulary:\n\(fields)\n\(lines)\nmeters:\n  - on: 'true'\n"
            + "    counters: { probes_total: 1 }\n"
        let packs = try PackSet(sources: [PackSource(file: "probe.yaml", text: text)])
        guard let field = packs.packs.first?.fields.last else { throw Missing() }
        return field
    }

    private struct Missing: Error {}

    /// Everything that is wrong with packs, one line each; empty where they are fine.
    static func problems(
        _ texts: [String], options: PackOptions = [:], enabled: [String]? = nil, disabled: [String] = []
    ) -> [String] {
        let sources = texts.enumerated().map { number, text in
            PackSource(file: number == 0 ? "my.yaml" : "my\(number + 1).yaml", text: text)
        }
        do {
            _ = try PackSet(sources: sources, options: options, enabled: enabled, disabled: disabled)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    /// Everything that is wrong with the meter of these lines, which begin on line 3.
    static func problems(meter lines: String, fields: String = "") -> [String] {
        problems(["pack: mine\nmeters:\n\(lines)\(fields)"])
    }
}

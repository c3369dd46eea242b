import Packs
import TraceBuilder

/// What an expression says of a span: as a label, as an amount and as a condition.
struct Probe {
    /// The value as a label; nil where it is missing or empty.
    let text: String?
    /// The value as an amount; nil where there is none or it was refused.
    let number: Double?
    /// Whether it selects the span.
    let holds: Bool
    /// Why the amount was refused.
    let refusal: String?

    /// - Parameters:
    ///   - expression: one line, or YAML that begins with a bracket.
    ///   - fields: lines of the vocabulary before it.
    init(_ expression: String, fields: [String] = [], body: [UInt8]) throws {
        let isYAML = expression.hasPrefix("{") || expression.hasPrefix("[")
        let value = isYAML ? expression : "|-\n    \(expression)"
        let vocabulary = (fields + ["probe: \(value)"]).map { "  \($0)\n" }.joined()
        let pack = """
            pack: probe
            vocabulary:
            \(vocabulary)
            meters:
              - { meter: text, on: "true", labels: { value: probe }, counters: { texts_total: 1 } }
              - { meter: amount, on: "true", counters: { amounts_total: probe } }
              - { meter: truth, on: probe, counters: { truths_total: 1 } }
            """
        let scraped = try Scraped([body], sources: [PackSource(file: "probe.yaml", text: pack)])
        text = scraped.label("value", of: "texts_total")
        number = scraped.lines.contains { $0.hasPrefix("amounts_total") } ? scraped.sum("amounts_total") : nil
        holds = scraped.sum("truths_total") == 1
        refusal = scraped.refusals.keys.first.map { String($0.split(separator: " ")[1]) }
    }

    /// The same for a span of a usual body.
    init(_ expression: String, fields: [String] = [], _ span: SpanContent) throws {
        try self.init(expression, fields: fields, body: TraceBody.bytes([span]))
    }
}

extension Scraped {
    /// The value of a label in the first line of `name`; nil where it has none.
    func label(_ label: String, of name: String) -> String? {
        guard let line = lines.first(where: { $0.hasPrefix(name + "{") }),
            let start = line.firstRange(of: label + "=\"")?.upperBound,
            let end = line[start...].firstIndex(of: "\"")
        else { return nil }
        return String(line[start..<end])
    }

    /// The lines of a metric without its name and `service`, sorted, for small tests.
    func series(_ name: String) -> [String] {
        lines.filter { $0.hasPrefix(name + "{") }.map { line in
            String(line.dropFirst(name.count)).replacing(/service="[^"]*",environment="default",?/, with: "")
        }
    }
}

import Yams

/// Reads what stands below `prices`.
struct PriceReader {
    private(set) var settings = PriceSettings()
    /// Lines and messages.
    private(set) var problems: [(line: Int?, message: String)] = []

    private static let key = Options.prices.key
    private static let kinds = ["input", "output", "cache_read", "cache_write"]

    /// Takes the value of `prices` apart.
    init(_ node: Node) {
        guard !node.isNull else { return }
        guard let parts = node.mapping else {
            report(node, "\(Self.key) is \(node.shape); wanted version, source and models below it")
            return
        }
        for (nameNode, value) in parts where !value.isNull {
            switch nameNode.scalar?.string {
            case "version": settings.version = text(value, "version")
            case "source": settings.source = text(value, "source")
            case "models": models(value)
            case let name:
                report(
                    nameNode,
                    "\(Self.key).\(name ?? nameNode.shape) is no option; wanted one of models, source, version"
                )
            }
        }
        if !settings.models.isEmpty, settings.version.isEmpty {
            report(node, "\(Self.key).version is not set; wanted a text, as the day that the prices are of")
        }
    }

    private mutating func report(_ node: Node, _ message: String) { problems.append((node.line, message)) }

    private mutating func text(_ node: Node, _ name: String) -> String {
        guard let text = node.scalar?.string, (1...256).contains(text.utf8.count) else {
            report(node, "\(Self.key).\(name) is \(node.shape); wanted text of 1 to 256 bytes")
            return ""
        }
        return text
    }

    private mutating func models(_ node: Node) {
        guard let models = node.mapping else {
            report(
                node, "\(Self.key).models is \(node.shape); wanted models by name or glob, and their prices")
            return
        }
        for (patternNode, value) in models where !value.isNull {
            let pattern = patternNode.scalar?.string ?? patternNode.shape
            let what = "\(Self.key).models.\(pattern)"
            guard let parts = value.mapping else {
                report(
                    value, "\(what) is \(value.shape); wanted its prices, as { input: 0.5, output: 2 }")
                continue
            }
            var prices: [String: Double] = [:]
            for (kindNode, priceNode) in parts where !priceNode.isNull {
                let kind = kindNode.scalar?.string ?? kindNode.shape
                let price = priceNode.scalar.flatMap { Double($0.string) }
                if !Self.kinds.contains(kind) {
                    report(
                        kindNode,
                        "\(what).\(kind) is no price; wanted one of \(Self.kinds.joined(separator: ", "))")
                } else if let price, price >= 0, price.isFinite {
                    prices[kind] = price
                } else {
                    report(priceNode, "\(what).\(kind) is \(priceNode.shape); wanted USD per million tokens")
                }
            }
            guard let input = prices["input"], let output = prices["output"] else {
                report(patternNode, "\(what) has no price of input or none of output; wanted both")
                continue
            }
            settings.models.append(
                PriceSettings.Model(
                    pattern: pattern, input: input, output: output, cacheRead: prices["cache_read"],
                    cacheWrite: prices["cache_write"]))
        }
    }
}

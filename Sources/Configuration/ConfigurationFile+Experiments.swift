import Yams

/// Reads what stands below `experiments`.
struct ExperimentReader {
    private(set) var settings: [ExperimentSetting] = []
    /// Lines and messages.
    private(set) var problems: [(line: Int?, message: String)] = []

    private static let key = Options.experiments.key

    /// Takes the value of `experiments` apart.
    init(_ node: Node) {
        guard !node.isNull else { return }
        guard let experiments = node.mapping else {
            report(node, "\(Self.key) is \(node.shape); wanted experiments by name, and their shares")
            return
        }
        for (nameNode, value) in experiments where !value.isNull {
            let name = nameNode.scalar?.string ?? nameNode.shape
            guard let parts = value.mapping else {
                report(
                    nameNode,
                    "\(Self.key).\(name) is \(value.shape); wanted shares, as { shares: { control: 9, treatment: 1 } }"
                )
                continue
            }
            for (partNode, part) in parts where !part.isNull {
                let option = partNode.scalar?.string ?? partNode.shape
                if option == "shares" {
                    read(part, of: name)
                } else {
                    report(partNode, "\(Self.key).\(name).\(option) is no option; wanted shares")
                }
            }
        }
    }

    private mutating func report(_ node: Node, _ message: String) { problems.append((node.line, message)) }

    private mutating func read(_ node: Node, of name: String) {
        let what = "\(Self.key).\(name).shares"
        guard let parts = node.mapping, parts.count > 1 else {
            report(node, "\(what) is \(node.shape); wanted two variants or more, each with its share")
            return
        }
        var shares: [String: Double] = [:]
        for (variantNode, shareNode) in parts {
            let variant = variantNode.scalar?.string ?? variantNode.shape
            guard let share = shareNode.scalar.flatMap({ Double($0.string) }), share > 0, share.isFinite
            else {
                report(shareNode, "\(what).\(variant) is \(shareNode.shape); wanted a number above 0")
                return
            }
            shares[variant] = share
        }
        settings.append(ExperimentSetting(name: name, shares: shares))
    }
}

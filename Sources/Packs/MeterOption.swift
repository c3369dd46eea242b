import Yams

/// The `option` of a meter: the options of the pack that it is meant for.
enum MeterOption {
    /// Whether all options are as `node` says; without one, they are.
    static func isInForce(
        _ node: Node?, _ options: [String: OptionValue], _ what: String, _ document: inout YAMLDocument
    ) -> Bool {
        guard let node else { return true }
        for (key, name, value) in document.pairs(node, "'option' of \(what)") {
            guard let current = options[name] else {
                document.report(key, "\(what) asks for option '\(name)', which the pack does not declare")
                return false
            }
            if current != .text(value.scalar?.string ?? "") { return false }
        }
        return true
    }
}

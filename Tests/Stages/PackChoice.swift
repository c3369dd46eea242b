package import Packs

/// Packs that measurements are made with.
package struct PackChoice: Sendable {
    /// As tables name it.
    package let name: String
    private let enabled: [String]?
    private let options: PackOptions

    /// From the cheapest to the dearest; the last is the shape that the figures of other products have.
    package static let all = [
        PackChoice(name: "spanmetrics", enabled: ["spanmetrics"], options: [:]),
        PackChoice(name: "+ routing-tests", enabled: ["spanmetrics", "routing-tests"], options: [:]),
        PackChoice(name: "all packs", enabled: nil, options: [:]),
        PackChoice(
            name: "peers' shape", enabled: ["spanmetrics"],
            options: ["spanmetrics": ["dimensions": .list(["worker_id", "error_type", "skill.name"])]]
        ),
    ]

    /// Reads the packs.
    package func packs() throws(PackProblems) -> PackSet {
        try PackSet(sources: PackSource.builtIn, options: options, enabled: enabled)
    }
}

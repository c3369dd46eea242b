import Configuration
import Foundation
import Kit
import Packs

/// What the tests generate from.
enum Generated {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let settings = Settings.Kit(
        scope: "", grafanaURL: "http://localhost:3000", runbookURL: "PrometheusRules/runbooks")

    /// What is generated where nothing is configured.
    static func builtIn() throws -> [GeneratedFile] {
        Kit.files(packs: try PackSet(sources: PackSource.builtIn), settings: settings)
    }

    /// What is generated of the built-in packs and of one more.
    static func files(
        _ pack: String, settings: Settings.Kit = settings, targets: [ObjectiveTarget] = []
    ) throws -> [GeneratedFile] {
        let packs = try PackSet(sources: [PackSource(file: "my.yaml", text: pack)], targets: targets)
        return Kit.files(packs: packs, settings: settings)
    }

    /// The text of the file whose path ends so.
    static func text(_ files: [GeneratedFile], _ suffix: String) throws -> String {
        guard let file = files.first(where: { $0.path.hasSuffix(suffix) }) else {
            throw Missing(path: suffix)
        }
        return file.text
    }

    struct Missing: Error {
        let path: String
    }
}

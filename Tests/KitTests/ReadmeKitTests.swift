import Foundation
import Kit
import Packs
import Testing

@Suite struct `The README's pack with boards` {
    /// The pack of README.md that shows every section of the kit.
    private static func text() throws -> String {
        try #require(try blocks().first { $0.hasPrefix("pack: deploys-kit\n") })
    }

    /// Every pack in README.md.
    private static func blocks() throws -> [String] {
        let readme = try String(contentsOf: Generated.root.appending(path: "README.md"), encoding: .utf8)
        let blocks = readme.components(separatedBy: "```yaml\n").dropFirst()
        return blocks.filter { $0.hasPrefix("pack:") }.compactMap {
            $0.components(separatedBy: "```").first
        }
    }

    @Test func `has nothing that the checks find`() throws {
        let own = try Self.blocks().enumerated().map { PackSource(file: "\($0).yaml", text: $1) }
        let packs = try PackSet(sources: PackSource.builtIn + own)
        let findings = KitLint.findings(packs: packs, settings: Generated.settings)
        #expect(findings.map(\.description) == [])
    }

    @Test func `becomes a board, rules and a runbook, without a change of the generator`() throws {
        let sources = PackSource.builtIn + [PackSource(file: "README.md", text: try Self.text())]
        let files = Kit.files(packs: try PackSet(sources: sources), settings: Generated.settings)
        let added = Set(files.map(\.path)).subtracting(try Generated.builtIn().map(\.path)).sorted()
        #expect(added.contains("Grafana/dashboards/sre/deploys.json"))
        #expect(added.contains("PrometheusRules/runbooks/DeploysFailing.md"))
        #expect(try Generated.text(files, "recording.yml").contains("deploys:success_ratio:1d"))
    }
}

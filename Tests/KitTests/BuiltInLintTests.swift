import Configuration
import Kit
import Packs
import Testing

@Suite struct `The lint of the built-in packs` {
    /// What is found, but for objectives whose values are not recorded yet.
    private static func findings(
        scope: String = "", options: PackOptions = [:], disabled: [String] = []
    ) throws -> [String] {
        var settings = Generated.settings
        settings.scope = scope
        let packs = try PackSet(sources: PackSource.builtIn, options: options, disabled: disabled)
        return KitLint.findings(packs: packs, settings: settings).map(\.description)
    }

    @Test(arguments: ["", "environment=\"prod\""])
    func `finds nothing`(scope: String) throws {
        #expect(try Self.findings(scope: scope) == [])
    }

    @Test(arguments: ["tests", "routing-tests", "spanmetrics"])
    func `finds nothing while a pack is off that others ask`(name: String) throws {
        #expect(try Self.findings(disabled: [name]) == [])
    }

    @Test func `finds nothing where the metrics of spans have other names`() throws {
        #expect(try Self.findings(options: ["spanmetrics": ["names": .text("collector")]]) == [])
    }
}

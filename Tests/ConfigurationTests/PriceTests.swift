import Configuration
import Foundation
import Testing

@Suite struct `Settings of prices` {
    static func settings(_ text: String) throws -> Settings {
        try Settings.load(
            flags: FlagValues(), environment: ["HOME": "/home/jane"]
        ) { _ in text }
    }

    @Test func `are none unless they are given`() throws {
        #expect(try Self.settings("prices:\n").prices == PriceSettings())
    }

    @Test func `are as the README writes them`() throws {
        let readme = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "README.md")
        let blocks = try String(contentsOf: readme, encoding: .utf8).components(separatedBy: "```")
        let block = try #require(blocks.first { $0.hasPrefix("yaml\nprices:") })
        let prices = try Self.settings(String(block.dropFirst("yaml\n".count))).prices
        #expect(prices.models.map(\.pattern) == ["small-model-*", "large-model*"])
        #expect(prices.models.map(\.cacheWrite) == [nil, 3.75])
    }

    @Test func `are read by model, in the order of the file`() throws {
        let settings = try Self.settings(
            """
            prices:
              version: 2026-11-01
              source: https://example.com/prices
              models:
                "small-*": { input: 0.15, output: 0.6, cache_read: 0.075 }
                "*": { input: 10, output: 40, cache_write: 12.5 }
            """
        ).prices
        #expect(settings.version == "2026-11-01")
        #expect(settings.source == "https://example.com/prices")
        #expect(settings.models.map(\.pattern) == ["small-*", "*"])
        #expect(settings.models.map(\.input) == [0.15, 10])
        #expect(settings.models.map(\.cacheRead) == [0.075, nil])
        #expect(settings.models.map(\.cacheWrite) == [nil, 12.5])
    }

    @Test(
        arguments: [
            ("[]", "prices is a list; wanted version, source and models below it"),
            ("{ modles: {} }", "prices.modles is no option; wanted one of models, source, version"),
            ("{ version: [] }", "prices.version is a list; wanted text of 1 to 256 bytes"),
            (
                "{ models: { a: { input: 1, output: 2 } } }",
                "prices.version is not set; wanted a text, as the day that the prices are of"
            ),
            ("{ models: [] }", "prices.models is a list; wanted models by name or glob, and their prices"),
            (
                "{ version: v, models: { a: 1 } }",
                "prices.models.a is '1'; wanted its prices, as { input: 0.5, output: 2 }"
            ),
            (
                "{ version: v, models: { a: { input: 1 } } }",
                "prices.models.a has no price of input or none of output; wanted both"
            ),
            (
                "{ version: v, models: { a: { input: 1, output: 2, cached: 1 } } }",
                "prices.models.a.cached is no price; wanted one of input, output, cache_read, cache_write"
            ),
            (
                "{ version: v, models: { a: { input: 1, output: 2, cache_read: -1 } } }",
                "prices.models.a.cache_read is '-1'; wanted USD per million tokens"
            ),
            (
                "{ version: v, models: { a: { input: 1, output: 2, cache_read: .inf } } }",
                "prices.models.a.cache_read is '.inf'; wanted USD per million tokens"
            ),
        ]) func `that mean nothing are refused`(text: String, message: String)
    {
        let error = #expect(throws: ConfigurationError.self) { try Self.settings("prices: \(text)") }
        #expect(error?.problems.map(\.message) == [message])
    }
}

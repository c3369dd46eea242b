import Testing

@Suite struct ForeignNameTests {
    static let pack = """
        pack: sample
        title: Calls of some.thing in prose are no names
        vocabulary:
          tier: [shop.tier, shop_tier]   # other.name
          route: other.route
        meters:
          - on: { span.name: "x_*", has: basket.size }
            labels: { service: service.name }
        rules:
          - expr: sum(rate(a[5m])) / 2.5
        """

    @Test func `no attribute's, tool's or vendor's name stands in Swift`() throws {
        let packs = try Repository.files(below: "Sources", suffix: ".yaml")
        let names = try ForeignNames(packs: packs.map(\.text))
        for file in try Repository.files(below: "Sources", suffix: ".swift") {
            #expect(names.problems(in: file.text, path: file.path, module: file.module) == [])
        }
    }

    @Test func `names are collected from wherever a pack has one alone`() throws {
        let found = try ForeignNames(packs: [Self.pack]).attributes.subtracting(ForeignNames.attributes)
        #expect(found == ["shop.tier", "other.route", "basket.size", "service.name"])
    }

    @Test(arguments: [
        ("let a = \"shop.tier\"", "shop.tier"), ("f(\"the \\(x) shop.tier.\")", "shop.tier"),
        ("let retry_count = 1", "retry_count"), ("case pytest", "pytest"),
        ("struct PyTestReader {}", "pytest"),
        ("let x = \"\\(f(\"OpenAI\"))\"", "openai"), ("let key = #\"gen_ai.usage\"#", "genai"),
        ("let s = \"\"\"\n  retry_count\n  \"\"\"", "retry_count"),
    ])
    func `a foreign name is caught`(text: String, name: String) throws {
        let names = try ForeignNames(packs: [Self.pack])
        #expect(
            names.problems(in: text, path: "X.swift", module: "Derivation")
                == ["X.swift:1: '\(name)' belongs into a pack"])
    }

    @Test(arguments: [
        "// pytest sends shop.tier", "/* openai /* retry_count */ */", "shop.tier",
        "let a = \"shop.tier.other\"",
        "let a = \"my.shop.tier\"", "let a = \"span.name\"", "let retryCount = 1",
    ])
    func `comments, members and other names are none`(text: String) throws {
        let names = try ForeignNames(packs: [Self.pack])
        #expect(names.problems(in: text, path: "X.swift", module: "Derivation") == [])
    }

    @Test func `a module about a tool's format may name that tool only`() throws {
        let names = try ForeignNames(packs: [])
        #expect(names.problems(in: "struct JUnitReader {}", path: "X.swift", module: "Reports") == [])
        #expect(names.problems(in: "struct OpenAIReader {}", path: "X.swift", module: "Reports").count == 1)
    }
}

import Testing

@Suite struct ImportTests {
    @Test func `no file imports what the table does not allow`() throws {
        let files = try Repository.files(below: "Sources", suffix: ".swift")
        #expect(files.count > 20)
        for file in files {
            let problems = ModuleTable.problems(in: file.text, path: file.path, module: file.module)
            #expect(problems == [], "\(file.path)")
        }
    }

    @Test(arguments: [
        (
            "import Service",
            "Sources/X.swift:1: Registry imports Service; the table allows Bytes, MetricModel"
        ),
        (
            "// import Ledger\n\npackage import Derivation",
            "Sources/X.swift:3: Registry imports Derivation; the table allows Bytes, MetricModel"
        ),
        (
            "@testable import struct OTLP.SpanView",
            "Sources/X.swift:1: Registry imports OTLP; the table allows Bytes, MetricModel"
        ),
        (
            "import Foundation; @preconcurrency import CCurl",
            "Sources/X.swift:1: Registry imports CCurl; the table allows Bytes, MetricModel"
        ),
    ])
    func `a wrong arrow is caught`(text: String, problem: String) {
        #expect(ModuleTable.problems(in: text, path: "Sources/X.swift", module: "Registry") == [problem])
    }

    @Test(arguments: [
        "import MetricModel\nimport Foundation", "/* import Service */", "let text = \"import Service\"", "",
    ])
    func `a right arrow is none`(text: String) {
        #expect(ModuleTable.problems(in: text, path: "X.swift", module: "Registry") == [])
    }

    @Test func `a module that the table does not know is caught`() {
        #expect(
            ModuleTable.problems(in: "", path: "Sources/Misc/X.swift", module: "Misc")
                == ["Sources/Misc/X.swift: module Misc is not in the table"])
    }

    @Test func `arrows point down, and only the service and the commands see all`() {
        for (module, imports) in ModuleTable.imports {
            #expect(!reachable(from: imports).contains(module), "\(module)")
        }
    }

    private func reachable(from modules: Set<String>) -> Set<String> {
        var found = modules
        var waiting = Array(modules)
        while let module = waiting.popLast() {
            for next in ModuleTable.imports[module] ?? [] where found.insert(next).inserted {
                waiting.append(next)
            }
        }
        return found
    }
}

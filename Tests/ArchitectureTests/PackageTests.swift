import Testing

@Suite struct PackageTests {
    @Test func `the package's dependencies agree with the table`() throws {
        let targets = PackageTargets.dependencies(in: try Repository.file("Package.swift").text)
        #expect(targets.keys.contains("spanmeter"))
        #expect(targets.keys.contains("Configuration"))
        #expect(PackageTargets.problems(targets) == [])
    }

    @Test func `every module has its folder, and every folder its module`() throws {
        let targets = PackageTargets.dependencies(in: try Repository.file("Package.swift").text)
        let folders = try Repository.folders(in: "Sources")
        #expect(Set(folders) == Set(targets.keys))
    }

    @Test func `a dependency that the table does not allow is caught`() {
        let text = """
            module("MetricModel"),
            module("Registry", ["MetricModel",
                // why
                "Ledger"], [yams]),
            module("Misc", []),
            .target(name: "CCurl", dependencies: ["MetricModel"]),
            .executableTarget(name: "spanmeter", dependencies: ["Service", "Kit", arguments]),
            .executableTarget(name: "bench", dependencies: ["Registry", "Kit"], path: "Tests/bench"),
            tests("Registry", ["Registry", "Service"]),
            """
        let targets = PackageTargets.dependencies(in: text)
        #expect(targets["Registry"] == ["MetricModel", "Ledger"])
        #expect(targets["bench"] == nil)
        #expect(
            PackageTargets.problems(targets) == [
                "CCurl depends on MetricModel; the table allows none of ours",
                "Misc is not in the table",
                "Registry depends on Ledger; the table allows Bytes, MetricModel",
            ])
    }
}

/// The targets below Sources as Package.swift declares them.
enum PackageTargets {
    /// The dependencies of ours by target; libraries are left out, and tests with what stands below Tests.
    static func dependencies(in text: String) -> [String: Set<String>] {
        let tokens = SwiftLexer.tokens(of: text)
        let starts: Set = ["module", "target", "systemLibrary", "executableTarget"]
        let ends = starts.union(["tests", "testTarget"])
        var targets: [String: Set<String>] = [:]
        var current: String?
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            if token.kind == .word, ends.contains(token.text) {
                current = nil
                // `module("X"` or `target(name: "X"`; a declaration of the function has no literal there.
                let next = tokens[(index + 1)...].prefix(2).first { $0.kind == .string }
                if starts.contains(token.text), let next, next.line - token.line <= 1 {
                    current = next.text
                    targets[next.text] = []
                    index = tokens[index...].firstIndex(of: next) ?? index
                }
            } else if let target = current, token.kind == .string, token.text.hasPrefix("Tests/") {
                // A tool or a helper of the tests: `path: "Tests/load"`.
                targets[target] = nil
                current = nil
            } else if let target = current, token.kind == .string, ModuleTable.modules.contains(token.text) {
                targets[target]?.insert(token.text)
            }
            index += 1
        }
        return targets
    }

    /// What the table does not allow, sorted.
    static func problems(_ targets: [String: Set<String>]) -> [String] {
        targets.flatMap { target, dependencies -> [String] in
            guard ModuleTable.modules.contains(target) else { return ["\(target) is not in the table"] }
            let allowed = ModuleTable.imports[target] ?? []
            return dependencies.subtracting(allowed).map { dependency in
                "\(target) depends on \(dependency); the table allows "
                    + (allowed.isEmpty ? "none of ours" : allowed.sorted().joined(separator: ", "))
            }
        }.sorted()
    }
}

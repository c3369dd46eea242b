import Foundation
import Testing

@Suite struct SourceRuleTests {
    @Test func `files are short and named for a concept`() throws {
        for directory in ["Sources", "Tests"] {
            for file in try Repository.files(below: directory, suffix: ".swift") {
                #expect(SourceRules.sizeProblems(of: file) == [])
            }
        }
    }

    @Test func `what escapes the compiler's checks says why it is safe`() throws {
        for file in try Repository.files(below: "Sources", suffix: ".swift") {
            #expect(SourceRules.safetyProblems(of: file) == [])
        }
    }

    @Test func `sources never crash on purpose`() throws {
        for file in try Repository.files(below: "Sources", suffix: ".swift") {
            #expect(SourceRules.crashProblems(of: file) == [])
        }
    }

    @Test(arguments: [
        ("Sources/A/Utils.swift", 1, "Sources/A/Utils.swift: 'Utils' names no concept"),
        ("Sources/A/SpanHelpers.swift", 1, "Sources/A/SpanHelpers.swift: 'Helpers' names no concept"),
        ("Sources/A/CacheManager.swift", 1, "Sources/A/CacheManager.swift: 'Manager' names no concept"),
        ("Sources/A/Types.swift", 1, "Sources/A/Types.swift: 'Types' names no concept"),
        ("Sources/A/Span.swift", 501, "Sources/A/Span.swift: 501 lines, at most 500"),
    ])
    func `a long or nameless file is caught`(path: String, lineCount: Int, problem: String) {
        let file = SourceFile(path: path, text: String(repeating: "\n", count: lineCount))
        #expect(SourceRules.sizeProblems(of: file) == [problem])
    }

    @Test func `a file of 500 lines with a good name is right`() {
        let file = SourceFile(
            path: "Sources/A/ContentTypes+JSON.swift", text: String(repeating: "\n", count: 500))
        #expect(SourceRules.sizeProblems(of: file) == [])
    }

    @Test(arguments: [
        "final class A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1", "unsafe a.pointee = 1",
        "// SAFETY: far away\n\n\n\nunsafe f()", "let x = \"// SAFETY: no comment\"\nunsafe f()",
    ])
    func `an unchecked claim without a reason is caught`(text: String) {
        let file = SourceFile(path: "A.swift", text: text)
        let problems = SourceRules.safetyProblems(of: file)
        #expect(problems.count == 1)
        #expect(problems.first?.hasSuffix("needs `// SAFETY:` in the 3 lines above") == true)
    }

    @Test func `an unchecked access without a reason in its function is caught`() {
        let text = "// SAFETY: far away" + String(repeating: "\n", count: 13) + "a[unchecked: index] = 1"
        let problems = SourceRules.safetyProblems(of: SourceFile(path: "A.swift", text: text))
        #expect(problems == ["A.swift:14: 'unchecked' needs `// SAFETY:` in the 12 lines above"])
    }

    @Test(arguments: [
        "// SAFETY: guarded by lock\nfinal class A: @unchecked Sendable {}",
        "withUnsafeBytes { unsafeCount($0) }",
        "// SAFETY: a\n// b\n@attribute\nnonisolated(unsafe) var a = 1", "// unsafe", "let a = \"unsafe\"",
        "// SAFETY: all are below count" + String(repeating: "\na[unchecked: index] = 1", count: 12),
        "subscript(unchecked index: Int) -> Element {}",
    ])
    func `a claim with its reason is right`(text: String) {
        #expect(SourceRules.safetyProblems(of: SourceFile(path: "A.swift", text: text)) == [])
    }

    @Test(arguments: ["fatalError(\"x\")", "let a = try! f()", "let a = f() as! Int"])
    func `a crash on purpose is caught`(text: String) {
        #expect(SourceRules.crashProblems(of: SourceFile(path: "A.swift", text: text)).count == 1)
    }

    @Test func `the top level holds only what belongs there`() throws {
        let allowed: Set = [
            "Package.swift", "Sources", "Tests", "Grafana", "PrometheusRules", "Compose", "README.md",
        ]
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git", "-C", Repository.root.path, "ls-files"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let listing = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let paths = String(decoding: listing, as: UTF8.self).split(separator: "\n")
        let names = Set(paths.compactMap { $0.split(separator: "/").first.map(String.init) })
        #expect(names.contains("Sources"))
        #expect(names.filter { !$0.hasPrefix(".") }.subtracting(allowed) == [])
    }
}

/// Rules about a file's text.
enum SourceRules {
    private static let lineCountMax = 500
    private static let namelessSuffixes = ["Utils", "Util", "Helpers", "Helper", "Types", "Manager", "Misc"]

    static func sizeProblems(of file: SourceFile) -> [String] {
        var problems: [String] = []
        let stem = file.name.replacing(".swift", with: "")
        // `Types` alone; `ContentTypes` may be a concept. The others never are.
        for suffix in namelessSuffixes where suffix == "Types" ? stem == suffix : stem.hasSuffix(suffix) {
            problems.append("\(file.path): '\(suffix)' names no concept")
        }
        let lineCount = file.text.utf8.count { $0 == UInt8(ascii: "\n") }
        if lineCount > lineCountMax {
            problems.append("\(file.path): \(lineCount) lines, at most \(lineCountMax)")
        }
        return problems
    }

    /// A claim has its reason right above it. Accesses through `[unchecked: …]` come in loops: one comment
    /// at the head of the function or loop covers them. The subscript's own declaration says so in its words.
    static func safetyProblems(of file: SourceFile) -> [String] {
        let lines = file.lines
        return SwiftLexer.tokens(of: file.text).compactMap { token in
            guard token.kind == .word, ["unsafe", "unchecked"].contains(token.text) else { return nil }
            let line = lines[token.line - 1]
            if line.contains("subscript(unchecked ") { return nil }
            let isAccess = token.text == "unchecked" && !line.contains("@unchecked")
            let reach = isAccess ? 12 : 3
            // Its own line and those above it, as comments: a line whose first letters are `//`.
            let above = lines[max(0, token.line - 1 - reach)..<token.line]
            if above.contains(where: { $0.drop { $0 == " " }.hasPrefix("// SAFETY:") }) { return nil }
            let place = "\(file.path):\(token.line)"
            return "\(place): '\(token.text)' needs `// SAFETY:` in the \(reach) lines above"
        }
    }

    /// `fatalError`, `try!` and `as!`; the formatter's rules catch the rest.
    static func crashProblems(of file: SourceFile) -> [String] {
        let words = SwiftLexer.tokens(of: file.text).filter { $0.kind == .word }
        let lines = file.lines
        return words.filter { word in
            switch word.text {
            case "fatalError": true
            case "try", "as": lines[word.line - 1].contains("\(word.text)!")
            default: false
            }
        }.map { "\(file.path):\($0.line): '\($0.text)' ends the process" }
    }
}

import Foundation
import PromQL

/// Prometheus' own judge: promtool 2.42, and 3.5 beside it, as Tests/run puts them below .build.
struct Promtool {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private let path: String

    init(_ dialect: PromQLDialect) throws {
        let build = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../.build")
            .standardized
        let unpacked = dialect == .prometheus2 ? "prometheus" : "prometheus-forky"
        var folders = [build.appending(path: unpacked).appending(path: "usr/bin").path]
        if dialect == .prometheus2 {
            folders += (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(
                String.init)
        }
        let paths = folders.map { "\($0)/promtool" }.filter(FileManager.default.isExecutableFile)
        let found = try paths.first {
            try Self.run($0, ["--version"]).contains("version \(dialect.rawValue).")
        }
        guard let found else {
            throw Missing(
                description: "no promtool \(dialect.rawValue) in \(folders); start the tests with Tests/run")
        }
        path = found
    }

    /// What promtool has against each of `expressions`; nil: nothing.
    func complaints(about expressions: [String]) throws -> [String?] {
        let rules = expressions.enumerated().map { ["record": "rule_\($0.offset)", "expr": $0.element] }
        let output = try run(["check", "rules"], on: ["groups": [["name": "group", "rules": rules]]])
        var complaints: [String?] = Array(repeating: nil, count: expressions.count)
        var count = 0
        for line in output.split(separator: "\n") {
            guard let match = line.firstMatch(of: /rule \d+, "rule_(\d+)": (.*)/), let index = Int(match.1)
            else {
                continue
            }
            complaints[index] = String(match.2)
            count += 1
        }
        guard count > 0 ? output.contains("FAILED") : output.contains("SUCCESS: \(expressions.count) rules")
        else {
            throw Missing(description: "\(path) says what nobody understands: \(output.prefix(2_000))")
        }
        return complaints
    }

    /// What promtool says about scalars that are not 1.
    func otherValues(of scalars: [String]) throws -> String {
        let tests = scalars.map { scalar -> [String: Any] in
            ["expr": "vector(\(scalar))", "eval_time": "0m", "exp_samples": [["labels": "{}", "value": 1]]]
        }
        let output = try run(
            ["test", "rules"], on: ["tests": [["interval": "1m", "promql_expr_test": tests]]])
        guard output.contains("SUCCESS") || output.contains("FAILED") else {
            throw Missing(description: "\(path) says what nobody understands: \(output.prefix(2_000))")
        }
        return output.contains("FAILED") ? output : ""
    }

    private func run(_ command: [String], on document: [String: Any]) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "promql-\(UUID().uuidString).yml")
        defer { try? FileManager.default.removeItem(at: file) }
        // JSON is YAML too.
        try JSONSerialization.data(withJSONObject: document, options: .withoutEscapingSlashes).write(to: file)
        return try Self.run(path, command + [file.path])
    }

    /// Whether we differ on purpose, as ``PromQLParser/parse(_:as:variables:)`` says: an offset of `NaN`, and a letter
    /// for a colon in brackets.
    static func isSeenDifferently(_ expression: String) -> Bool {
        expression.lowercased().contains(/(offset|\[|:)[ +-]*nan|\[[^\]:]*\s[a-z_]\b/)
    }

    private static func run(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}

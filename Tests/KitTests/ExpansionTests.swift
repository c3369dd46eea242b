import Configuration
import Kit
import Packs
import Testing

@Suite struct `Expressions of packs` {
    private static func recorded(
        _ expression: String, scope: String = "", targets: [ObjectiveTarget] = []
    ) throws -> String {
        let pack = """
            pack: mine
            objectives: { o: { target: 0.85, description: d } }
            rules:
              - record: a:b
                expr: |-
                  \(expression)
            """
        var settings = Generated.settings
        settings.scope = scope
        let text = try Generated.text(
            try Generated.files(pack, settings: settings, targets: targets), "recording.yml")
        let line = try #require(text.split(separator: "\n").first { $0.contains("expr: ") })
        let value = line.drop { $0 != ":" }.dropFirst(2)
        return value.hasPrefix("'")
            ? String(value.dropFirst().dropLast()).replacing("''", with: "'") : String(value)
    }

    @Test(arguments: [
        ("x{$scope}", "x"), ("x{$scope, a=\"b\"}", "x{a=\"b\"}"), ("x{a=\"b\", $scope}", "x{a=\"b\"}"),
        ("x{a=\"b\",$scope,c=\"d\"}", "x{a=\"b\",c=\"d\"}"), ("x{ $scope }[5m]", "x[5m]"),
    ])
    func `lose an empty scope with its comma`(template: String, expected: String) throws {
        #expect(try Self.recorded(template) == expected)
    }

    @Test func `take the configured scope`() throws {
        #expect(
            try Self.recorded("x{$scope, a=\"b\"}", scope: "environment=\"prod\"")
                == "x{environment=\"prod\", a=\"b\"}")
    }

    @Test func `ask for the target that is shown, else take the one of today`() throws {
        #expect(
            try Self.recorded("x < $objective(o)")
                == "x < scalar(max(spanmeter_objective{name=\"o\",bound=\"target\"}) or vector(0.85))")
    }

    @Test func `know the target that the configuration sets, and what follows from it`() throws {
        let target = ObjectiveTarget(
            objective: "o", bound: "target", value: 0.9, place: PackPlace(file: "c", line: 1))
        #expect(
            try Self.recorded("$objective(o, red)", targets: [target])
                == "scalar(max(spanmeter_objective{name=\"o\",bound=\"red\"}) or vector(0.9))")
    }

    @Test func `take the ends of a counter for its total, and a guess where it fell`() throws {
        let range = "x{a=\"b\"}[1d]"
        #expect(
            try Self.recorded("sum($total(x{$scope, a=\"b\"}[1d])) / 2")
                == "sum((max_over_time(\(range)) - min_over_time(\(range)) unless resets(\(range)) > 0 "
                + "or increase(\(range)))) / 2")
    }

    @Test(arguments: ["$total(x)", "$total(sum(x)[1d])", "$total"])
    func `say which total cannot be filled in`(template: String) {
        #expect {
            try Self.recorded(template)
        } throws: { error in
            "\(error)".contains("'$total' that is not '$total(COUNTER{…}[WINDOW])'")
        }
    }
}

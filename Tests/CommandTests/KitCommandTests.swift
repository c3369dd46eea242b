import Foundation
import Testing

@Suite struct `The kit's checks on the command line` {
    private static func directory(_ rule: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write("packs: { files: [mine.yaml] }\n", to: "spanmeter.yaml")
        try directory.write("pack: mine\nrules:\n  - { \(rule) }\n", to: "mine.yaml")
        return directory
    }

    @Test func `an error fails, and nothing is generated then`() throws {
        let directory = try Self.directory("record: own:x:y, expr: sum(test_cased)")
        let problem =
            "spanmeter: mine.yaml:3: rule 'own:x:y' at 1:5 asks for the metric 'test_cased', which nobody has; "
            + "did you mean 'test_cases' (promql/unknown-metric)"
        let checked = try spanmeter("check", in: directory)
        #expect(checked.code == 1)
        #expect(checked.errorLines == [problem])
        for arguments in [["generate"], ["generate", "--check"]] {
            let generated = try spanmeter(arguments, in: directory)
            #expect(generated.code == 1)
            #expect(
                generated.errorLines == [
                    problem,
                    "spanmeter: nothing was written; 'spanmeter check' says all that is to be mended",
                ])
            #expect(!FileManager.default.fileExists(atPath: directory.path + "/Grafana"))
        }
    }

    @Test func `a warning is said, and fails only where that is asked for`() throws {
        let directory = try Self.directory("record: own_x, expr: sum(test_cases)")
        let problem =
            "spanmeter: mine.yaml:3: warning: rule 'own_x' records a name without ':'; "
            + "wanted level:metric:operation (rule/name)"
        for (arguments, code) in [(["check"], Int32(0)), (["check", "--strict"], 1)] {
            let result = try spanmeter(arguments, in: directory)
            #expect(result.code == code)
            #expect(result.errorLines == [problem])
        }
        #expect(try spanmeter("generate", in: directory).code == 0)
    }
}

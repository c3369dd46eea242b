import Configuration
import Testing

@Suite struct `Settings of experiments` {
    @Test func `are the shares that arms are meant to get`() throws {
        let settings = try `Settings of prices`.settings(
            """
            experiments:
              haiku: { shares: { control: 9, treatment: 1 } }
              three: { shares: { a: 0.5, b: 0.25, c: 0.25 } }
            """)
        #expect(
            settings.experiments == [
                ExperimentSetting(name: "haiku", shares: ["control": 9, "treatment": 1]),
                ExperimentSetting(name: "three", shares: ["a": 0.5, "b": 0.25, "c": 0.25]),
            ])
    }

    @Test(
        arguments: [
            ("[]", "experiments is a list; wanted experiments by name, and their shares"),
            (
                "{ e: 1 }",
                "experiments.e is '1'; wanted shares, as { shares: { control: 9, treatment: 1 } }"
            ),
            ("{ e: { share: {} } }", "experiments.e.share is no option; wanted shares"),
            (
                "{ e: { shares: { a: 1 } } }",
                "experiments.e.shares is a mapping; wanted two variants or more, each with its share"
            ),
            (
                "{ e: { shares: { a: 1, b: 0 } } }",
                "experiments.e.shares.b is '0'; wanted a number above 0"
            ),
        ])
    func `are refused where they say nothing`(_ yaml: String, _ wanted: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try `Settings of prices`.settings("experiments: \(yaml)")
        }
        #expect(error?.problems.map(\.message) == [wanted])
    }
}

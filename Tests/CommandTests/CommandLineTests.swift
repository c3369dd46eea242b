import Testing

@Suite struct CommandLineTests {
    @Test func `alone it shows the help`() throws {
        let result = try spanmeter()
        #expect(result.code == 0)
        #expect(result.output.contains("OpenTelemetry spans in, Prometheus metrics out."))
        for command in ["serve", "check", "packs", "explain", "replay", "tests"] {
            #expect(result.output.contains("\n  \(command) "), "\(command)")
        }
        #expect(result.errors == "")
    }

    @Test func `it knows its version`() throws {
        let result = try spanmeter("--version")
        #expect(result.code == 0)
        #expect(result.output.wholeMatch(of: /spanmeter \d+\.\d+\.\d+\n/) != nil)
    }

    @Test func `the help of serve names each flag's variable and default`() throws {
        let help = try spanmeter("serve", "--help").output
        let words = help.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        #expect(words.contains("(SPANMETER_OTLP_GRPC; default: localhost:4317)"))
        #expect(words.contains("(SPANMETER_OTLP_HTTP; default: localhost:4318)"))
        #expect(words.contains("(SPANMETER_METRICS; default: localhost:9464)"))
        #expect(words.contains("(SPANMETER_DATA; default: $XDG_STATE_HOME/spanmeter, else"))
        #expect(words.contains("(SPANMETER_CONFIG; default: spanmeter.yaml in the working directory"))
    }

    @Test(arguments: [
        (["fly"], "spanmeter: unexpected argument 'fly'"),
        (["serve", "--otlp-htp", "x"], "spanmeter: unknown option '--otlp-htp'; did you mean '--otlp-http'"),
        (["replay"], "spanmeter: missing expected argument '<PATH> ...'"),
        (["replay", "--repeat", "0", "x"], "spanmeter: --repeat is '0'; wanted a whole number from 1"),
        (["replay", "--rate", "-1", "x"], "spanmeter: missing value for '--rate <NUMBER>'"),
        (["replay", "--rate", "0", "x"], "spanmeter: --rate is '0.0'; wanted a number above 0"),
        (
            ["replay", "--grpc", ":1", "x"],
            "spanmeter: --grpc is ':1'; wanted HOST:PORT such as localhost:4317"
        ),
        (
            ["check", "--options", "--settings"],
            "spanmeter: --options and --settings were both given; wanted one of them"
        ),
    ])
    func `wrong usage is one line, the usage and code 2`(arguments: [String], line: String) throws {
        let result = try spanmeter(arguments)
        #expect(result.code == 2)
        #expect(result.output == "")
        #expect(result.errorLines.count == 2)
        #expect(result.errorLines.first == line)
        #expect(result.errorLines.last?.hasPrefix("usage: spanmeter") == true)
    }
}

@Suite struct CheckCommandTests {
    @Test func `a right configuration is said to be fine`() throws {
        let directory = try TemporaryDirectory()
        #expect(
            try spanmeter("check", in: directory).output
                == "configuration and packs are fine (no configuration file)\n")
        try directory.write("limits: { series: 1000 }\n", to: "spanmeter.yaml")
        let result = try spanmeter("check", in: directory)
        #expect(result.code == 0)
        #expect(result.output == "configuration and packs are fine (spanmeter.yaml)\n")
    }

    @Test(arguments: ["check", "serve"])
    func `every problem of the configuration is a line, and the code is 2`(command: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write("limits:\n  series: 0\nlog: { level: loud }\n", to: "my.yaml")
        let environment = ["SPANMETER_METRICS": ":9464"]
        let result = try spanmeter(command, "--config", "my.yaml", environment: environment, in: directory)
        #expect(result.code == 2)
        #expect(result.output == "")
        #expect(
            result.errorLines == [
                "spanmeter: my.yaml:2: limits.series is '0'; wanted 1 to 10000000",
                "spanmeter: my.yaml:3: log.level is 'loud'; wanted one of trace, debug, info, notice, warning, "
                    + "error, critical",
                "spanmeter: SPANMETER_METRICS: metrics is ':9464'; wanted HOST:PORT; to listen on all interfaces "
                    + "write 0.0.0.0:9464",
            ])
    }

    @Test func `a configuration that cannot be read is a problem`() throws {
        let directory = try TemporaryDirectory()
        try directory.write([0x61, 0x3a, 0xff], to: "latin.yaml")
        #expect(
            try spanmeter("check", "--config", "latin.yaml", in: directory).errors
                == "spanmeter: --config: config is 'latin.yaml'; wanted a file that can be read (it is not UTF-8)\n"
        )
        #expect(
            try spanmeter("check", "--config", ".", in: directory).errors
                == "spanmeter: --config: config is '.'; wanted a file that can be read (is a directory)\n")
    }

    @Test func `the settings in force are shown with their sources`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("log:\n  level: debug\n", to: "spanmeter.yaml")
        let result = try spanmeter(
            "check", "--settings", environment: ["SPANMETER_ENVIRONMENT": "ci"], in: directory)
        #expect(result.output.contains("\nenvironment: ci  # SPANMETER_ENVIRONMENT\n"))
        #expect(result.output.contains("\nlog.level: debug  # spanmeter.yaml:2\n"))
        #expect(result.output.contains("\nlimits.series: 200000  # default\n"))
    }

    @Test func `the options are listed without looking at the configuration`() throws {
        let result = try spanmeter("check", "--options", environment: ["SPANMETER_LOG_LEVEL": "loud"])
        #expect(result.code == 0)
        #expect(result.output.contains("\nlimits.series  NUMBER, 1 to 10000000\n"))
    }

    @Test func `a pack file that does not exist is a problem, a glob without a match is none`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("packs: { files: ['own/*.yaml'] }\n", to: "a.yaml")
        #expect(try spanmeter("check", "--config", "a.yaml", in: directory).code == 0)
        try directory.write("packs: { files: [own/mine.yaml] }\n", to: "sub/b.yaml")
        let result = try spanmeter("check", "--config", "sub/b.yaml", in: directory)
        #expect(result.code == 2)
        #expect(
            result.errors
                == "spanmeter: packs.files has 'sub/own/mine.yaml', which does not exist; wanted a pack file\n"
        )
    }
}

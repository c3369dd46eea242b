import Configuration
import Testing

/// Loads settings from a file's text, variables and flags; HOME is set.
func load(
    file: String? = nil,
    environment: [String: String] = [:],
    otlpHTTP: String? = nil,
    config: String? = nil
) throws -> Settings {
    var flags = FlagValues()
    flags.set(Options.otlpHTTP, to: otlpHTTP)
    flags.set(Options.config, to: config)
    return try Settings.load(
        flags: flags, environment: ["HOME": "/home/ada"].merging(environment) { $1 },
        readFile: { path in path == (config ?? "spanmeter.yaml") ? file : nil }
    )
}

/// The messages of the problems that loading reports; empty where it succeeds.
func problems(
    file: String? = nil, environment: [String: String] = [:], otlpHTTP: String? = nil, config: String? = nil
) throws -> [String] {
    do {
        _ = try load(file: file, environment: environment, otlpHTTP: otlpHTTP, config: config)
        return []
    } catch let error as ConfigurationError {
        return error.problems.map(\.description)
    }
}

@Suite struct SettingsTests {
    @Test func `without any source every option has its default`() throws {
        let settings = try load()
        #expect(settings.otlpGRPC == ListenAddress(host: "localhost", port: 4317))
        #expect(settings.otlpHTTP == ListenAddress(host: "localhost", port: 4318))
        #expect(settings.metrics == ListenAddress(host: "localhost", port: 9464))
        #expect(settings.data.text == "/home/ada/.local/state/spanmeter")
        #expect(settings.environment == "default")
        #expect(settings.packs.enabled == nil)
        #expect(
            settings.packs.disabled.isEmpty && settings.packs.files.isEmpty && settings.packs.options.isEmpty)
        let limits = settings.limits
        #expect(limits.requestBytes == 64 << 20)
        #expect(limits.inflightBytes == 256 << 20)
        #expect(limits.requestsPerCore == 16)
        #expect(limits.connections == 1_024)
        #expect(limits.requestTimeout == .seconds(30))
        #expect(limits.idleTimeout == .seconds(120))
        #expect(limits.labelValueBytes == 256)
        #expect(limits.valuesPerLabel == 2_000)
        #expect(limits.seriesPerMeter == 20_000)
        #expect(limits.series == 200_000)
        #expect(!settings.exposition.createdLines)
        #expect(settings.remoteWrite == nil)
        #expect(settings.shutdownGrace == .seconds(10))
        #expect(settings.logLevel == .info)
        #expect(settings.logFormat == .text)
        #expect(settings.file == nil)
        #expect(settings.effective.allSatisfy { $0.origin == .standard })
    }

    @Test func `a flag wins over a variable, a variable over the file`() throws {
        let file = "otlp:\n  http: localhost:1\n  grpc: localhost:2\nmetrics: localhost:3\n"
        let settings = try load(
            file: file,
            environment: ["SPANMETER_OTLP_HTTP": "localhost:11", "SPANMETER_OTLP_GRPC": "localhost:12"],
            otlpHTTP: "localhost:21"
        )
        #expect(settings.otlpHTTP.port == 21)
        #expect(settings.otlpGRPC.port == 12)
        #expect(settings.metrics.port == 3)
        let origins = Dictionary(
            uniqueKeysWithValues: settings.effective.map { ($0.key, $0.origin.description) })
        #expect(origins["otlp.http"] == "--otlp-http")
        #expect(origins["otlp.grpc"] == "SPANMETER_OTLP_GRPC")
        #expect(origins["metrics"] == "spanmeter.yaml:4")
        #expect(origins["data"] == "default")
    }

    @Test func `a file may set every option`() throws {
        let file = """
            otlp: { grpc: "[::1]:0", http: 0.0.0.0:4318 }
            metrics: collector_1:9464
            data: state
            environment: no
            limits:
              request_bytes: 1GB
              inflight_bytes: 2gib
              requests_per_core: 4
              connections: 100
              request_timeout: 1m30s
              idle_timeout: 1h
              label_value_bytes: 128
              values_per_label: 10
              series_per_meter: 20
              series: 30
              open_cases: 500
              tests: 600
            tests:
              branches: [trunk]
              fold_timeout: 1s
              orphan_timeout: 10m
              max_exposed: 10
              per_environment: true
            ledger: { retention: 24h, daily_retention: 48h }
            exposition: { created_lines: true }
            remote_write:
              url: https://prometheus:9090/api/v1/write
              bearer_token_file: token
              headers: ["X-Scope-OrgID: a, b"]
              labels: [job=tests, cluster=eu=1]
              timeout: 1s
              deadline: 1m
            shutdown: { grace: 0 }
            log: { level: debug, format: json }
            packs:
              enabled: [one, two]
              disabled:
                - three
              files: [packs/*.yaml, /etc/spanmeter/own.yaml, ~/own.yaml]
              options:
            """
        let settings = try load(file: file, config: "/etc/app/config.yaml")
        #expect(settings.otlpGRPC == ListenAddress(host: "::1", port: 0))
        #expect(settings.otlpHTTP.bindHosts == ["0.0.0.0"])
        #expect(settings.metrics.host == "collector_1")
        #expect(settings.data.text == "/etc/app/state")
        #expect(settings.environment == "no")
        #expect(settings.limits.requestBytes == 1_000_000_000)
        #expect(settings.limits.inflightBytes == 2 << 30)
        #expect(settings.limits.requestTimeout == .seconds(90))
        #expect(settings.limits.idleTimeout == .seconds(3600))
        #expect(settings.limits.series == 30)
        #expect(settings.limits.openCases == 500)
        #expect(settings.limits.tests == 600)
        #expect(settings.tests.branches == ["trunk"])
        #expect(settings.tests.foldTimeout == .seconds(1))
        #expect(settings.tests.orphanTimeout == .seconds(600))
        #expect(settings.tests.maxExposed == 10)
        #expect(settings.tests.perEnvironment)
        #expect(settings.tests.retention == .seconds(86_400))
        #expect(settings.tests.dailyRetention == .seconds(172_800))
        #expect(settings.exposition.createdLines)
        let push = try #require(settings.remoteWrite)
        #expect(push.url == "https://prometheus:9090/api/v1/write")
        #expect(push.bearerToken == nil)
        #expect(push.bearerTokenFile?.text == "/etc/app/token")
        #expect(push.headers.map { [$0.name, $0.value] } == [["X-Scope-OrgID", "a, b"]])
        #expect(push.labels.map { [$0.name, $0.value] } == [["job", "tests"], ["cluster", "eu=1"]])
        #expect([push.timeout, push.deadline] == [.seconds(1), .seconds(60)])
        #expect(settings.shutdownGrace == .zero)
        #expect(settings.logLevel == .debug)
        #expect(settings.logFormat == .json)
        #expect(settings.packs.enabled == ["one", "two"])
        #expect(settings.packs.disabled == ["three"])
        #expect(
            settings.packs.files.map(\.text)
                == ["/etc/app/packs/*.yaml", "/etc/spanmeter/own.yaml", "/home/ada/own.yaml"])
        #expect(settings.packs.options.isEmpty)
        #expect(settings.file?.text == "/etc/app/config.yaml")
    }

    @Test func `paths from variables are relative to the working directory`() throws {
        let environment = ["SPANMETER_DATA": "state", "SPANMETER_PACKS_FILES": "a.yaml, b/*.yaml"]
        let settings = try load(file: "environment: ci\n", environment: environment, config: "/etc/c.yaml")
        #expect(settings.data.text == "state")
        #expect(settings.packs.files.map(\.text) == ["a.yaml", "b/*.yaml"])
    }

    @Test func `the data directory follows XDG_STATE_HOME`() throws {
        #expect(try load(environment: ["XDG_STATE_HOME": "/var/state"]).data.text == "/var/state/spanmeter")
        #expect(
            try load(environment: ["XDG_STATE_HOME": "odd"]).data.text == "/home/ada/.local/state/spanmeter")
    }

    @Test func `an empty variable counts as not set`() throws {
        #expect(try load(environment: ["SPANMETER_ENVIRONMENT": ""]).environment == "default")
    }

    @Test func `an empty list of enabled packs is not the same as none given`() throws {
        #expect(try load(file: "packs: { enabled: [] }").packs.enabled == [])
    }

    @Test(arguments: ["", "# nothing\n", "limits:\notlp:\n", "~", "environment:\n"])
    func `empty files and keys without a value change nothing`(file: String) throws {
        #expect(try load(file: file).effective == load().effective)
    }

    @Test func `options of packs keep their types and lines`() throws {
        let file = """
            packs:
              options:
                first:
                  dimensions: [tier, region]
                  names: tempo
                  ratio: 0.5
                  strict: true
                  quoted: "1"
                  word: yes
                second: { none: , some: -3e2 }
            """
        let expected: [(String, String, PackOptionValue, Int)] = [
            ("first", "dimensions", .list(["tier", "region"]), 4), ("first", "names", .text("tempo"), 5),
            ("first", "ratio", .number(0.5), 6), ("first", "strict", .flag(true), 7),
            ("first", "quoted", .text("1"), 8), ("first", "word", .text("yes"), 9),
            ("second", "some", .number(-300), 10),
        ]
        #expect(
            try load(file: file).packs.options
                == expected.map { pack, name, value, line in
                    PackOption(
                        pack: pack, name: name, value: value, origin: .file("spanmeter.yaml", line: line))
                })
    }
}
